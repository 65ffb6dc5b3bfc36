// Gives the full node the worker key of a bonded node, publishes a model and asks it: answers settle, a part of the fees burns.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, eventsOf, finalHeight, key, named, u8aToHex, until } from "./chain.js";
import { folder, network } from "./nodes.js";
import { scenario } from "./scenario.js";

const QUESTIONS = 6;
const { OPG_BIN, VENV_PYTHON, ROOT } = process.env;

/** What `opg --json` prints. */
function opg(url, ...words) {
	const options = { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "inherit"] };
	return execFileSync(OPG_BIN, ["--url", url, "--dev", "alice", "--json", ...words], options).trim().split("\n").map((line) => JSON.parse(line));
}

await scenario("The full node answers requests, and a part of every fee burns", async ({ api, check, measure }) => {
	const { alice, eve } = network();
	const seed = "//Eve//worker";
	await ask(eve.url, "author_insertKey", ["opgw", seed, u8aToHex((await key(seed)).publicKey)]);

	execFileSync(VENV_PYTHON, [join(ROOT, "scripts/model/make_counter.py"), folder]);
	const file = join(folder, "counter.onnx");
	const [{ model }] = opg(eve.url, "model", "publish", file, "--name", "counter", "--price", "0.01OPG");
	await until("the node to serve the model", 180, () => {
		const [shown] = opg(alice.url, "model", "show", String(model));
		return shown.served_by.length > 0;
	}, 3_000);
	check("the full node serves the model", true, { model });

	const from = (await finalHeight(api)) + 1;
	const asked = join(folder, "questions.jsonl");
	writeFileSync(asked, Array.from({ length: QUESTIONS }, (_, n) => `{"n": ${n + 1}}\n`).join(""));
	const answered = opg(alice.url, "infer", String(model), "--input", asked);
	const right = answered.filter(({ state }, n) => state === "settled" && answered[n].output.count === n + 1);
	check("every question settled with the right answer", right.length === QUESTIONS, right.length);
	measure("blocks to the last answer", Math.max(...answered.map(({ blocks }) => blocks)));

	const burnt = await until("the fees to be final", 60, async () => {
		const to = await finalHeight(api);
		let sum = 0n;
		for (let number = from; number <= to; number += 1) {
			const events = await eventsOf(api, await api.rpc.chain.getBlockHash(number));
			for (const event of named(events, "economics", "FeesBurnt")) sum += event.data.amount.toBigInt();
		}
		// A twentieth of 0.01 OPG each.
		return sum >= (BigInt(QUESTIONS) * 10n ** 10n) / 20n && sum;
	}, 3_000);
	check("a twentieth of the fees burnt", burnt === (BigInt(QUESTIONS) * 10n ** 10n) / 20n, burnt);
});
