// Loads running validators with requests at a fixed rate, and measures blocks, finality and answers over some minutes.
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";
import { randomBytes } from "node:crypto";
import { claimOf, connect, eventsOf, finalHeight, key, named, sleep, until } from "./chain.js";
import { replaceSection } from "./section.js";

const SLOT = 3_000;
// Blocks within which an answer must come.
const DEADLINE = 100;
// Who asks: nobody who owns a node, since no node serves its own owner.
const ASKERS = ["Alice", "Bob", "Charlie", "Dave"].flatMap((name) => [`//${name}`, `//${name}//stash`]);
const AIMS = { missedPercent: 1, finalityP95: 9, ofTheRate: 0.98 };

/** The command line is not understood. */
class Misused extends Error {}

/** The arguments of the newest request on the chain, to ask the same again. */
async function newestRequest(api) {
	for (let hash = await api.rpc.chain.getFinalizedHead(); ; ) {
		const { block } = await api.rpc.chain.getBlock(hash);
		const found = block.extrinsics.find(({ method }) => method.section === "inference" && method.method === "request");
		if (found) return found.method.args;
		if (block.header.number.toNumber() === 0) throw new Misused("nobody has asked the model yet: ask it once");
		hash = block.header.parentHash;
	}
}

/** Sends requests at a fixed rate until told to stop. */
async function asking(api, rate) {
	const [model, input, trust, maxFee] = await newestRequest(api);
	const pairs = await Promise.all(ASKERS.map(key));
	const nonces = await Promise.all(pairs.map(async ({ address }) => (await api.rpc.system.accountNextIndex(address)).toNumber()));
	const counts = { sent: 0, refused: 0 };
	const started = Date.now();
	let asked = 0;
	const ask = async () => {
		const at = asked++ % pairs.length;
		const call = api.tx.inference.request(model, input, trust, maxFee, DEADLINE, `0x${randomBytes(16).toString("hex")}`, null);
		try {
			const nonce = nonces[at]++;
			// Immortal, so that signing asks the node nothing.
			const options = { nonce, era: 0, blockHash: api.genesisHash };
			await api.rpc.author.submitExtrinsic(await call.signAsync(pairs[at], options));
			counts.sent += 1;
		} catch {
			counts.refused += 1;
			nonces[at] = (await api.rpc.system.accountNextIndex(pairs[at].address)).toNumber();
		}
	};
	// By the clock: a timer that fires late is made up for.
	const timer = setInterval(() => {
		while (asked * 1_000 < (Date.now() - started) * rate) ask();
	}, 500 / rate);
	return { counts, stop: () => clearInterval(timer) };
}

/** Notes when each node had a block as final. A node tells of the newest only: all before it became final then too. */
async function finality(api) {
	const at = new Map();
	let newest = await finalHeight(api);
	await api.rpc.chain.subscribeFinalizedHeads((head) => {
		const now = Date.now();
		for (const height = head.number.toNumber(); newest < height; ) at.set((newest += 1), now);
	});
	return at;
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
const rounded = (number, digits = 2) => Number(number.toFixed(digits));

async function settledInMinute(api) {
	const to = await finalHeight(api);
	const numbers = Array.from({ length: Math.min(20, to) }, (_, back) => to - back);
	const lists = await Promise.all(numbers.map(async (number) => eventsOf(api, await api.rpc.chain.getBlockHash(number))));
	return lists.reduce((sum, events) => sum + named(events, "inference", "Settled").length, 0);
}

async function measure({ urls, rate, minutes, warmUp, out }) {
	const apis = await Promise.all(urls.map((url) => connect(url)));
	const [api] = apis;
	const load = await asking(api, rate);
	// Nodes begin with one job at a time and earn more.
	const deadline = Date.now() + warmUp * 1_000;
	await until("the warm-up to end", warmUp + 60, async () => Date.now() > deadline || (await settledInMinute(api)) >= 57 * rate, 5_000);
	console.log(`measuring for ${minutes} minutes: ${await settledInMinute(api)} requests settled in the minute before`);

	const finals = await Promise.all(apis.map(finality));
	const from = await finalHeight(api);
	const before = { ...load.counts };
	const loads = [];
	for (let minute = 0; minute < minutes; minute += 1) {
		await sleep(60_000);
		loads.push(rounded(loadavg()[0], 1));
		console.log(`minute ${minute + 1}: ${(await finalHeight(api)) - from} final blocks, ${await settledInMinute(api)} settled in the last minute`);
	}
	const to = await finalHeight(api);
	load.stop();
	const sent = load.counts.sent - before.sent;
	const refused = load.counts.refused - before.refused;
	await sleep(3 * SLOT);

	const blocks = [];
	for (let number = from; number <= to; number += 1) {
		const hash = await api.rpc.chain.getBlockHash(number);
		const events = await eventsOf(api, hash);
		const count = (method) => named(events, "inference", method).length;
		blocks.push({
			number,
			...claimOf(await api.rpc.chain.getHeader(hash)),
			requested: count("Requested"),
			settled: count("Settled"),
			expired: count("Expired") + count("Failed"),
			finalAt: finals.map((at) => at.get(number) ?? null),
		});
	}
	const result = { at: new Date().toISOString(), machine: machine(), rate, minutes, loads, sent, refused, blocks };
	result.summary = summary(result);
	writeFileSync(out, `${JSON.stringify(result, null, "\t")}\n`);
	return result;
}

const machine = () => `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

function summary({ blocks, sent, refused }) {
	// The first block is there for its slot alone.
	const counted = blocks.slice(1);
	const slots = counted.at(-1).slot - blocks[0].slot;
	const gaps = counted.map(({ slot }, index) => (slot - blocks[index].slot) * (SLOT / 1_000));
	const lags = counted
		.flatMap(({ slot, finalAt }) => finalAt.filter(Boolean).map((at) => (at - slot * SLOT) / 1_000))
		.sort((a, b) => a - b);
	const seconds = slots * (SLOT / 1_000);
	const total = (field) => counted.reduce((sum, block) => sum + block[field], 0);
	return {
		slots,
		blocks: counted.length,
		missed: slots - counted.length,
		missedPercent: rounded((100 * (slots - counted.length)) / slots),
		blockTimeMean: rounded(seconds / counted.length),
		blockTimeMax: Math.max(...gaps),
		finalityP50: rounded(quantile(lags, 0.5)),
		finalityP95: rounded(quantile(lags, 0.95)),
		finalityMax: rounded(lags.at(-1)),
		requestedPerS: rounded(total("requested") / seconds),
		settledPerS: rounded(total("settled") / seconds),
		notSettled: total("expired"),
		sent,
		refused,
	};
}

function table(result, file, plot) {
	const { summary: s, loads } = result;
	const mean = loads.reduce((sum, one) => sum + one, 0) / loads.length;
	const aim = (holds) => (holds ? "held" : "**not held**");
	const text = `## Blocks of three seconds on one machine

From \`scripts/long/block-time.sh\`: four validators of the chain \`local\` on one machine (${result.machine}), two of which run models as well,
while ${result.rate} requests a second are asked; ${result.minutes} minutes on ${result.at.slice(0, 10)}, load average ${rounded(mean, 1)}.

| | Measured | Aim | |
|---|---|---|---|
| slots, of 3 s | ${s.slots} | | |
| missed | ${s.missed} (${s.missedPercent} %) | ≤ ${AIMS.missedPercent} % | ${aim(s.missedPercent <= AIMS.missedPercent)} |
| time from block to block, mean, longest | ${s.blockTimeMean} s, ${s.blockTimeMax} s | | |
| from a slot's beginning until its block is final, p50 | ${s.finalityP50} s | | |
| the same, p95 | ${s.finalityP95} s | ≤ ${AIMS.finalityP95} s | ${aim(s.finalityP95 <= AIMS.finalityP95)} |
| the same, longest | ${s.finalityMax} s | | |
| requests a second, asked | ${s.requestedPerS} | ${result.rate} | |
| requests a second, settled | ${s.settledPerS} | ≥ ${rounded(AIMS.ofTheRate * result.rate)} | ${aim(s.settledPerS >= AIMS.ofTheRate * result.rate)} |
| requests that expired or failed | ${s.notSettled} | | |

Finality is seen by each of the four nodes by itself.

![Time from block to block, seconds until final, answers a second](${plot})
`;
	replaceSection(file, "block-time", text);
	return s.missedPercent <= AIMS.missedPercent && s.finalityP95 <= AIMS.finalityP95 && s.settledPerS >= AIMS.ofTheRate * result.rate;
}

const [command, ...words] = process.argv.slice(2);
if (command === "measure" && words.length === 5) {
	const [urls, rate, minutes, warmUp, out] = words;
	const options = { urls: urls.split(","), rate: Number(rate), minutes: Number(minutes), warmUp: Number(warmUp), out };
	console.log(JSON.stringify((await measure(options)).summary));
	process.exit(0);
} else if (command === "table" && words.length === 3) {
	const [raw, file, plot] = words;
	process.exit(table(JSON.parse(readFileSync(raw, "utf8")), file, plot) ? 0 : 3);
} else {
	throw new Misused("block-time.js measure URLS RATE MINUTES WARM-UP FILE, or block-time.js table RAW FILE PLOT");
}
