// Acting for others: proxies of every kind we have, and accounts of several signatories.

import { createKeyMulti, encodeAddress, sortAddresses } from '@polkadot/util-crypto';
import { OPG } from '../chain.js';

const KINDS = ['Any', 'NonTransfer', 'Staking', 'Inference', 'Governance', 'CancelProxy'];

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { balances, multisig, proxy, staking, system } = api.tx;
	const owner = cast.owner.address;

	await step('the kinds of proxies are ours', (check) => {
		check.equal(api.registry.createType(api.tx.proxy.addProxy.meta.args[1].type.toString()).defKeys, KINDS, 'the kinds');
	});

	await step('a proxy is named and its deposit taken', async (check) => {
		const sent = await chain.send(proxy.addProxy(cast.deputy.address, 'Staking', 0), cast.owner);
		check.equal(check.event(sent, 'proxy.ProxyAdded').slice(0, 3), [owner, cast.deputy.address, 'Staking'], 'the proxy');
		const [[definition], deposit] = await api.query.proxy.proxies(owner);
		check.equal(definition.proxyType.type, 'Staking', 'its kind');
		check.that(deposit.toBigInt() > 0n, 'a deposit is held');
	});

	await step('a proxy for staking stakes and does not transfer', async (check) => {
		const staked = await chain.send(proxy.proxy(owner, null, staking.bond(100n * OPG, 'Stash')), cast.deputy);
		check.that(check.event(staked, 'proxy.ProxyExecuted')[0].isOk, 'the stake was bonded');
		check.equal((await api.query.staking.ledger(owner)).unwrap().active, 100n * OPG, 'the stake');
		const sent = await chain.send(proxy.proxy(owner, null, balances.transferKeepAlive(cast.deputy.address, OPG)), cast.deputy);
		const [outcome] = check.event(sent, 'proxy.ProxyExecuted');
		check.that(outcome.isErr && api.registry.findMetaError(outcome.asErr.asModule).name === 'CallFiltered', 'the transfer was filtered out');
	});

	await step('a proxy for inference asks nobody for money', async (check) => {
		check.event(await chain.send(proxy.addProxy(cast.deputy.address, 'Inference', 0), cast.owner), 'proxy.ProxyAdded');
		const sent = await chain.send(proxy.proxy(owner, 'Inference', balances.transferKeepAlive(cast.deputy.address, OPG)), cast.deputy);
		check.that(check.event(sent, 'proxy.ProxyExecuted')[0].isErr, 'the transfer was filtered out');
		const [definitions] = await api.query.proxy.proxies(owner);
		check.equal(definitions.map(({ proxyType }) => proxyType.type).sort(), ['Inference', 'Staking'], 'the proxies');
	});

	await step('an account without a key is made and spent from', async (check) => {
		const made = await chain.send(proxy.createPure('Any', 0, 0), cast.owner);
		const { pure } = check.event(made, 'proxy.PureCreated');
		await chain.send(balances.transferKeepAlive(pure, 10n * OPG), cast.owner);
		const sent = await chain.send(proxy.proxy(pure, null, balances.transferKeepAlive(cast.deputy.address, OPG)), cast.owner);
		check.that(check.event(sent, 'proxy.ProxyExecuted')[0].isOk, 'it spent');
		check.equal((await api.query.system.account(pure)).data.free, 9n * OPG, 'what it has left');
	});

	await step('proxies are dismissed', async (check) => {
		await chain.send(proxy.removeProxies(), cast.owner);
		const [definitions, deposit] = await api.query.proxy.proxies(owner);
		check.equal([definitions.length, deposit], [0, 0], 'what is left of them');
	});

	await step('two of three sign together', async (check) => {
		const everybody = cast.signatories.map(({ address }) => address);
		const together = encodeAddress(createKeyMulti(everybody, 2), 42);
		await chain.send(balances.transferKeepAlive(together, 20n * OPG), cast.owner);
		const call = balances.transferKeepAlive(cast.deputy.address, 7n * OPG);
		const others = (who) => sortAddresses(everybody.filter((address) => address !== who.address), 42);
		const [first, second] = cast.signatories;
		const { weight } = await call.paymentInfo(first);
		const started = await chain.send(multisig.approveAsMulti(2, others(first), null, call.method.hash, weight), first);
		check.event(started, 'multisig.NewMultisig');
		const { when, approvals } = (await api.query.multisig.multisigs(together, call.method.hash)).unwrap();
		check.equal(approvals, [first.address], 'who approved');
		const done = await chain.send(multisig.asMulti(2, others(second), when, call.method, weight), second);
		check.that(check.event(done, 'multisig.MultisigExecuted').result.isOk, 'it was done');
		check.equal((await api.query.system.account(together)).data.free, 13n * OPG, 'what they have left');
		check.that((await api.query.multisig.multisigs(together, call.method.hash)).isNone, 'nothing is left open');
	});

	await step('a remark is signed for by a single one of several', async (check) => {
		const others = sortAddresses(cast.signatories.slice(1).map(({ address }) => address), 42);
		const sent = await chain.send(multisig.asMultiThreshold1(others, system.remarkWithEvent('together')), cast.signatories[0]);
		check.event(sent, 'system.Remarked');
	});
}

const cast = (accounts) => ({
	owner: accounts.make('owner'),
	deputy: accounts.make('deputy'),
	signatories: ['first', 'second', 'third'].map((name) => accounts.make(`${name} signatory`)),
});

export default { name: 'proxies', cast, run };
