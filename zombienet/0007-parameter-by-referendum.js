// A referendum on the track of parameters sets one of them; nobody can do so alone.
import { eventsOf, key, named, Refused, send } from "./chain.js";
import { decide } from "./referendum.js";
import { scenario } from "./scenario.js";

const VALUE = 4_000;

await scenario("A referendum enacts a parameter change", async ({ api, check, measure }) => {
	const alice = await key("//Alice");
	const parameter = { Nodes: { LieFactor: [null, VALUE] } };
	const call = api.tx.parameters.setParameter(parameter);
	const name = { Nodes: { LieFactor: null } };
	const before = await api.query.parameters.parameters(name);
	check("the parameter is not set yet", before.isNone);
	const refused = await send(api, alice, call).then(
		() => null,
		(error) => error,
	);
	check("a single account cannot set it", refused instanceof Refused && refused.reason === "BadOrigin", refused?.reason);

	const { events } = await send(api, alice, api.tx.preimage.notePreimage(call.method.toHex()));
	const noted = named(events, "preimage", "Noted")[0].data;
	const started = Date.now();
	const lookup = { Lookup: { hash: noted.hash_ ?? noted[0], len: call.method.encodedLength } };
	const enacted = await decide(api, { Origins: "ParameterAdmin" }, lookup, 300);
	measure("seconds from submission to enactment", Math.round((Date.now() - started) / 1_000));
	check("it was decided on the track of parameters", enacted.track.eq(12), enacted.track);

	const updated = named(await eventsOf(api, enacted.hash), "parameters", "Updated");
	check("the chain says that it was updated", updated.length === 1, updated[0]?.data);
	const after = await api.query.parameters.parameters(name);
	check("the parameter has its new value", JSON.stringify(after).includes(String(VALUE)), after);
});
