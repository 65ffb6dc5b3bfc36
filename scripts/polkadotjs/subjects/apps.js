// Access to an app through a plain wallet library: a pass is offered, bought, checked and passed on; the app pays for somebody.

import { OPG } from '../chain.js';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { apps, balances } = api.tx;
	const offer = { price: 5n * OPG, terms: { epochs: 4, quota: 100, isTransferable: true } };
	// What docs/apps.md tells a developer to ask: one storage read, or one call of the runtime's API.
	const stored = async (app, who) => (await api.query.apps.standings(app, who)).unwrapOr(null);
	const holding = async (app, who) => (await api.call.appsApi.access(app, who)).unwrapOr(null);

	const app = await step('an app is registered and offers a pass', async (check) => {
		const sent = await chain.send(apps.register('chat'), cast.owner);
		const { app: number, owner } = check.event(sent, 'apps.Registered');
		check.equal(owner, cast.owner.address, 'its owner');
		check.event(await chain.send(apps.setOffers(number, [offer]), cast.owner), 'apps.OffersChanged');
		const [offered] = (await api.query.apps.apps(number)).unwrap().offers;
		check.equal([offered.price, offered.terms.quota.toNumber()], [offer.price, 100], 'what it sells');
		check.equal(await chain.refusal(apps.setOffers(number, [offer]), cast.buyer), 'apps.NotOwner', 'what another is told');
		return number;
	});

	await step('a pass is bought, and seen in one read and in one call', async (check) => {
		check.that(await holding(app, cast.buyer.address) === null, 'nobody has access yet');
		const { price, burn } = check.event(await chain.send(apps.buy(app, offer), cast.buyer), 'apps.Bought');
		check.equal(price, offer.price, 'what was paid');
		check.that(burn.toBigInt() > 0n, 'a part of it burnt');
		const epoch = (await api.call.usageApi.epoch()).index.toNumber();
		const pass = (await stored(app, cast.buyer.address)).pass.unwrap();
		check.that(pass.left.toNumber() === 100 && pass.overIn.toNumber() >= epoch + 3, 'the pass is stored');
		const held = (await holding(app, cast.buyer.address)).pass.unwrap();
		check.equal(held.left.toNumber(), 100, 'requests left, as the call says');
		const dearer = { ...offer, price: 6n * OPG };
		check.equal(await chain.refusal(apps.buy(app, dearer), cast.buyer), 'apps.OfferUnknown', 'what is said of another price');
	});

	await step('a pass is passed on', async (check) => {
		check.event(await chain.send(apps.transferPass(app, cast.friend.address), cast.buyer), 'apps.PassTransferred');
		check.that(await holding(app, cast.buyer.address) === null, 'the first holder has none');
		check.equal((await holding(app, cast.friend.address)).pass.unwrap().left.toNumber(), 100, 'the second has all of it');
		check.equal(await chain.refusal(apps.transferPass(app, cast.owner.address), cast.buyer), 'apps.NoPass', 'what the first is told');
	});

	await step('an app pays for somebody who owned nothing', async (check) => {
		const purse = (await api.call.appsApi.purse(app)).toString();
		await chain.send(balances.transferKeepAlive(purse, 10n * OPG), cast.owner);
		const model = await chain.until('a model to pay for', async () => (await api.query.models.models.keys())[0]?.args[0]);
		const promise = { models: [model], nodes: [], cap: 2n * OPG, coversPasses: false };
		check.event(await chain.send(apps.sponsor(app, promise), cast.owner), 'apps.SponsorshipChanged');
		check.equal(await api.call.appsApi.spendable(app), 2n * OPG, 'what it can pay in an epoch');
		const sent = await chain.send(apps.credit(app, cast.newcomer.address, OPG, 4, OPG / 10n), cast.owner);
		check.equal(check.event(sent, 'apps.Credited').endowment, OPG / 10n, 'what the newcomer was given');
		const { data } = await api.query.system.account(cast.newcomer.address);
		check.equal(data.free, OPG / 10n, 'what the newcomer has');
		check.equal((await holding(app, cast.newcomer.address)).credit.unwrap().left, OPG, 'what the app pays for it');
	});

	await step('an app is retired; what it gave holds on', async (check) => {
		check.event(await chain.send(apps.retire(app), cast.owner), 'apps.Retired');
		check.that(await holding(app, cast.friend.address) !== null, 'the pass holds');
		check.equal(await chain.refusal(apps.buy(app, offer), cast.buyer), 'apps.AppRetired', 'what a buyer is told');
		check.equal(await chain.refusal(apps.remove(app), cast.owner), 'apps.AppInUse', 'what the owner is told');
	});
}

const cast = (accounts) => {
	const [owner, buyer, friend] = ['app owner', 'buyer', 'friend'].map((name) => accounts.make(name));
	// Given nothing: the app does that.
	return { owner, buyer, friend, newcomer: accounts.keys.addFromUri(accounts.uri('newcomer')) };
};

export default { name: 'apps', cast, run };
