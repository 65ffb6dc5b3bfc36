// Our own work through a plain wallet library: a model is published, asked, answered by a node, and the answer read.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { bnToU8a, u8aToHex } from '@polkadot/util';
import { OPG } from '../chain.js';

const INT64 = 7;
const PATIENCE = 180_000;
// The shape of a list of tensors: what an element is, the axes, the data.
const TENSORS = 'Vec<(u8, Vec<u32>, Bytes)>';

async function run({ chain, step, cast, model: file }) {
	const { api } = chain;
	const { inference, models } = api.tx;
	const price = OPG / 100n;
	const port = (name) => ({ name, element: 'Int64', shape: [] });

	const model = await step('a model\'s file is stored and published', async (check) => {
		const bytes = await readFile(file);
		const named = await chain.call('store_put', u8aToHex(bytes));
		check.equal(await chain.call('store_has', named), true, 'whether the node has the file');
		// Small files are named by their hash.
		const content = { codec: 'Raw', digest: `0x${createHash('sha256').update(bytes).digest('hex')}` };
		const draft = { name: 'counter', content, inputs: [port('n')], outputs: [port('count')], profile: 'Exact', price, royalty: 50_000, trust: ['Attested', 'Quorum'] };
		const sent = await chain.send(models.publish(draft), cast.publisher);
		const { model: number, owner } = check.event(sent, 'models.Published');
		check.equal(owner, cast.publisher.address, 'its owner');
		const { terms, status } = (await api.query.models.models(number)).unwrap();
		check.equal([terms.name.toUtf8(), terms.price, status.type], ['counter', price, 'Active'], 'what is published');
		return number;
	});

	await step('a node says that it serves the model', async (check) => {
		const node = await chain.until('a node that serves the model', async () => {
			const served = await api.query.nodes.served.entries();
			return served.find(([, list]) => list.unwrapOr?.([]).some?.((one) => one.eq(model)) ?? list.some((one) => one.eq(model)))?.[0].args[0];
		}, PATIENCE);
		check.that((await api.query.nodes.nodes(node)).unwrap().status.isActive, 'it is active');
	});

	const { request, block } = await step('the model is asked, and the fee held', async (check) => {
		const tensors = api.registry.createType(TENSORS, [[INT64, [], u8aToHex(bnToU8a(12, { bitLength: 64 }))]]);
		const input = { Inline: tensors.toHex() };
		const key = `0x${createHash('md5').update(cast.caller.address).digest('hex')}`;
		const sent = await chain.send(inference.request(model, input, 'Attested', price, 60, key, null), cast.caller);
		const { request: number, requester } = check.event(sent, 'inference.Requested');
		check.equal(requester, cast.caller.address, 'who asked');
		const holds = await api.query.balances.holds(cast.caller.address);
		check.that(holds.some(({ id, amount }) => id.isInference && amount.toBigInt() > 0n), 'the fee is held');
		const header = await api.rpc.chain.getHeader(sent.block);
		return { request: number, block: header.number.toNumber() };
	});

	await step('a node answers, is paid, and the answer is right', async (check) => {
		const { event } = await chain.event('inference.Settled', block, (data) => data.request.eq(request), PATIENCE);
		check.equal(event.data.fee, price, 'the fee');
		const { state } = (await api.query.inference.requests(request)).unwrap();
		check.that(state.isSettled, 'the request is settled');
		const [[element, shape, data]] = api.registry.createType(TENSORS, state.asSettled.outcome.asOutput.toU8a(true));
		check.equal([element, shape.length, data.toHex()], [INT64, 0, u8aToHex(bnToU8a(12, { bitLength: 64 }))], 'the answer');
		const holds = await api.query.balances.holds(cast.caller.address);
		check.that(!holds.some(({ id, amount }) => id.isInference && amount.toBigInt() >= price), 'the fee is held no more');
	});

	await step('the answer\'s transaction is signed by nobody and decodes', async (check) => {
		const { number } = await chain.event('inference.Settled', block, (data) => data.request.eq(request));
		const hash = await api.rpc.chain.getBlockHash(number);
		const answers = (await api.rpc.chain.getBlock(hash)).block.extrinsics.filter(({ method }) => method.section === 'inference' && method.method === 'answer');
		check.that(answers.length > 0, 'the block has the answer');
		answers.forEach((answer) => {
			check.equal(answer.isSigned, false, 'whether it is signed');
			check.that(Boolean(answer.toHuman().method.args), 'its arguments are shown');
		});
	});

	await step('what the library gets wrong about such transactions is what is known', async (check) => {
		const { number } = await chain.event('inference.Settled', block, (data) => data.request.eq(request));
		const hash = await api.rpc.chain.getBlockHash(number);
		const answer = (await api.rpc.chain.getBlock(hash)).block.extrinsics.find((extrinsic) => extrinsic.isGeneral());
		check.that(answer.hash.toHex() !== answer.inner.hash.toHex(), 'it computes another hash than the node (if not, say so no more in table.js)');
		const listed = await api.derive.tx.accountExtrinsics(hash, cast.caller.address).then(() => 'listed', (error) => error.message);
		check.that(/does not have signer/.test(listed), `it cannot list an account's transactions in such a block, and says ${listed}`);
	});

	await step('the terms change and the model is retired', async (check) => {
		check.event(await chain.send(models.updatePrice(model, 2n * price, 0), cast.publisher), 'models.PriceUpdated');
		check.equal((await api.query.models.models(model)).unwrap().terms.price, 2n * price, 'the price');
		check.event(await chain.send(models.retire(model), cast.publisher), 'models.Retired');
		check.that((await api.query.models.models(model)).unwrap().status.isRetired, 'it is retired');
	});
}

const cast = (accounts) => ({ publisher: accounts.make('publisher'), caller: accounts.make('caller') });

export default { name: 'inference', cast, run };
