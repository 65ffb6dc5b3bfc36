// The network's node processes: where they listen, how to end one as a crash would, and how to start more of them.
import { spawn } from "node:child_process";
import { appendFileSync, cpSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ask, until } from "./chain.js";

/** Something that was asked of a node's process cannot be done. */
export class NodeFault extends Error {}

/** The folder of the running network, from `scripts/network-test.sh`. */
export const folder = process.env.OPG_NETWORK ?? "";
if (!folder) throw new NodeFault("OPG_NETWORK is not set: run scripts/network-test.sh");

const FIRST_PORT = Number(process.env.OPG_NETWORK_PORT);
// Ports of the nodes that scenarios start, after those of network.toml.
const SPARE = { rpc: FIRST_PORT + 5, prometheus: FIRST_PORT + 15, p2p: FIRST_PORT + 21_005 };

/** The nodes by name, as the tool that started them wrote them down: where they listen, and their command lines. */
export function network() {
	const spec = JSON.parse(readFileSync(join(folder, "run", "zombie.json"), "utf8"));
	const nodes = Object.entries(spec.nodesByName).map(([name, node]) => {
		const { pid, cmd } = spec.client.processMap[name];
		return [name, { name, url: node.wsUri, pid, words: cmd.join(" ").split(" ").filter(Boolean) }];
	});
	return Object.fromEntries(nodes);
}

function option(words, name) {
	const at = words.indexOf(name);
	if (at < 0) throw new NodeFault(`a node was started without ${name}`);
	return words[at + 1];
}

function replaced(words, options) {
	const next = [...words];
	for (const [name, value] of Object.entries(options)) {
		const at = next.indexOf(name);
		if (at < 0) next.push(name, value);
		else next[at + 1] = value;
	}
	return next;
}

/** Starts a process that outlives this one. The script that runs the network ends what stands in `started`. */
function start(name, words) {
	const log = openSync(join(folder, "run", `${name}.log`), "a");
	const child = spawn(words[0], words.slice(1), { detached: true, stdio: ["ignore", log, log] });
	child.unref();
	appendFileSync(join(folder, "started"), `${child.pid}\n`);
	return child.pid;
}

function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

/** Ends a process at once, as a crash would. */
export async function kill(pid) {
	process.kill(pid, "SIGKILL");
	await until(`process ${pid} to end`, 20, () => !isAlive(pid) || isZombie(pid), 100);
}

// Ended, but its parent has not asked how.
function isZombie(pid) {
	try {
		return / Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
	} catch {
		return true;
	}
}

/** Starts a node again that was killed, with all it had. */
export function restart(node) {
	return start(node.name, node.words);
}

/** Whether a node answers. */
export async function answers(url) {
	return ask(url, "system_health").catch(() => null);
}

/** Starts a second node with the keys of a validator, as a careless operator would after moving a machine. */
export function startTwin(node) {
	const name = `${node.name}-twin`;
	const base = join(folder, "run", name);
	const keys = join("chains", "opg_local", "keystore");
	mkdirSync(base, { recursive: true });
	cpSync(join(option(node.words, "--base-path"), keys), join(base, keys), { recursive: true });
	const words = replaced(node.words, options(name, base));
	return { name, pid: start(name, words), url: `ws://127.0.0.1:${SPARE.rpc}` };
}

/** Starts a full node that has nothing but the chain's specification and knows whom `node` knows. */
export function startFresh(name, node, more) {
	const base = join(folder, "run", name);
	const bare = node.words.filter((word) => word !== "--validator");
	const words = [...replaced(bare, options(name, base)), ...more];
	return { name, pid: start(name, words), url: `ws://127.0.0.1:${SPARE.rpc}` };
}

function options(name, base) {
	return {
		"--name": name,
		"--base-path": base,
		// Any key of its own: the name in hexadecimal, filled up.
		"--node-key": Buffer.from(name).toString("hex").padEnd(64, "0"),
		"--rpc-port": String(SPARE.rpc),
		"--prometheus-port": String(SPARE.prometheus),
		"--listen-addr": `/ip4/127.0.0.1/tcp/${SPARE.p2p}/ws`,
	};
}

/** The log of a node so far. */
export function logOf(name) {
	return readFileSync(join(folder, "run", `${name}.log`), "utf8");
}
