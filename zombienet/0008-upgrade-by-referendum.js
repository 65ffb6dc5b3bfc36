// A referendum authorises another runtime by its hash, anybody brings its code, and blocks go on under the new version.
import { readFileSync } from "node:fs";
import { ask, blake2AsHex, connect, eventsOf, finalHeight, key, named, OPG, send, until } from "./chain.js";
import { network } from "./nodes.js";
import { decide } from "./referendum.js";
import { scenario } from "./scenario.js";

await scenario("A referendum upgrades the runtime", async ({ api, check, measure }) => {
	const code = readFileSync(process.env.OPG_UPGRADE);
	const hash = blake2AsHex(code);
	const old = api.runtimeVersion.specVersion.toNumber();
	const bob = await key("//Bob");

	const wrong = await send(api, bob, api.tx.system.applyAuthorizedUpgrade(`0x${code.toString("hex")}`)).catch((error) => error);
	check("nobody can apply code that was not authorised", wrong instanceof Error, wrong?.reason ?? wrong?.message);

	const started = Date.now();
	const call = api.tx.system.authorizeUpgrade(hash);
	const enacted = await decide(api, { system: "Root" }, { Inline: call.method.toHex() }, 600);
	check("it was decided on the track of root", enacted.track.eq(0), enacted.track);
	const authorised = named(await eventsOf(api, enacted.hash), "system", "UpgradeAuthorized");
	check("the code is authorised by its hash", authorised[0]?.data.codeHash.eq(hash), hash);

	const applied = await send(api, bob, api.tx.system.applyAuthorizedUpgrade(`0x${code.toString("hex")}`), 480);
	check("its code is applied", named(applied.events, "system", "CodeUpdated").length === 1, { bytes: code.length });
	measure("seconds from submission to the new code", Math.round((Date.now() - started) / 1_000));

	for (const node of Object.values(network())) {
		const version = await until(`${node.name} to run the new version`, 120, async () => {
			const { specVersion } = await ask(node.url, "state_getRuntimeVersion");
			return specVersion > old && specVersion;
		});
		check(`${node.name} runs the new version`, version === old + 1, version);
	}
	// A client that has just come, since this one's types may be the old runtime's.
	const anew = await connect(network().bob.url);
	const upgraded = (await anew.query.system.lastRuntimeUpgrade()).unwrap();
	check("the chain notes it", upgraded.specVersion.toNumber() === old + 1, upgraded);
	check("nothing is authorised any more", (await anew.query.system.authorizedUpgrade()).isNone);
	const seen = await finalHeight(anew);
	await until("finality to go on", 180, async () => (await finalHeight(anew)) >= seen + 5);
	const { events } = await send(anew, bob, anew.tx.balances.transferKeepAlive((await key("//Eve")).address, OPG));
	check("blocks and transactions go on under it", named(events, "balances", "Transfer").length > 0);
});
