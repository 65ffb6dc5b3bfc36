// Puts a call to a referendum and sees it through: deposit, votes of all well-known accounts, approval, enactment.
import { awaitEvent, blake2AsHex, finalHeight, key, named, OPG, reasonOf, send, stringToU8a, u8aConcat, until, wellKnown } from "./chain.js";

/** A referendum did not end as it should. */
export class NotEnacted extends Error {}

// Of a million each; the rest pays deposits and fees, which locked balance cannot.
const VOTE = 800_000n * OPG;

/** Decides `call` in the name of `origin`: how it went, once the call was dispatched and did what it says. */
export async function decide(api, origin, proposal, seconds) {
	const [proposer, supporter] = [await key("//Alice"), await key("//Bob")];
	const { events } = await send(api, proposer, api.tx.referenda.submit(origin, proposal, { After: 1 }));
	const { index, track } = named(events, "referenda", "Submitted")[0].data;
	await send(api, supporter, api.tx.referenda.placeDecisionDeposit(index));

	const aye = { Standard: { vote: { aye: true, conviction: "None" }, balance: VOTE } };
	const from = await finalHeight(api);
	await Promise.all((await wellKnown()).map((who) => send(api, who, api.tx.convictionVoting.vote(index, aye))));
	const tally = (await api.query.referenda.referendumInfoFor(index)).unwrap();
	const ended = await until(`referendum ${index} to end`, seconds, async () => {
		const info = (await api.query.referenda.referendumInfoFor(index)).unwrap();
		return !info.isOngoing && info;
	});
	if (!ended.isApproved) throw new NotEnacted(`referendum ${index} ended as ${ended.type}`);

	// The scheduler runs it in the name of the track's origin, under a name the referendum gave it.
	const dispatched = await awaitEvent(api, from, "the call to be dispatched", seconds, ({ section, method, data }) =>
		section === "scheduler" && method === "Dispatched" && data.id.isSome && isEnactmentOf(index, data.id.unwrap()),
	);
	const { result } = dispatched.event.data;
	if (result.isErr) throw new NotEnacted(`the call failed: ${reasonOf(api, result.asErr)}`);
	return { index, track, tally: tally.isOngoing ? tally.asOngoing.tally : null, ...dispatched };
}

// Under the hash of the pallet's lock identifier, the word "enactment" as a text of nine bytes, and the index.
function isEnactmentOf(index, id) {
	const name = u8aConcat(stringToU8a("assembly"), [9 << 2], stringToU8a("enactment"), index.toU8a());
	return id.eq(blake2AsHex(name));
}
