// A second client: `opg`, which is built on subxt, reads the chain and signs a transaction that polkadot.js then sees.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { OPG } from '../chain.js';

const execute = promisify(execFile);

async function run({ chain, step, cast, url, opg, model: file }) {
	const { api } = chain;
	const say = async (...words) => JSON.parse((await execute(opg, ['--url', url, '--json', ...words], { timeout: 120_000 })).stdout);

	await step('opg reads what polkadot.js reads', async (check) => {
		const told = await say('status');
		const issuance = (await api.query.balances.totalIssuance()).toBigInt();
		check.equal(told.chain, await api.rpc.system.chain(), 'the chain\'s name');
		check.that(told.best > 0 && told.nodes === (await api.query.nodes.nodes.keys()).length, 'the nodes are the same');
		check.that(BigInt(told.issuance.replace(/\D.*/, '')) <= issuance / OPG + 1n, 'the issuance is about the same');
	});

	await step('opg tells of a validator what polkadot.js tells', async (check) => {
		const [validator] = await api.query.session.validators();
		const told = await say('validator', 'status', validator.toString());
		check.equal([told.validator, told.state], [validator, 'validating'], 'how it stands');
		check.equal(told.stake, `${(await api.query.staking.ledger(validator)).unwrap().active.toBigInt() / OPG} OPG`, 'its stake');
		check.equal(told.keys, (await api.query.session.nextKeys(validator)).unwrap().toHex(), 'its keys');
	});

	await step('opg signs, and polkadot.js sees what it did', async (check) => {
		const published = await say('--suri', cast.uri, 'model', 'publish', file, '--name', 'by subxt', '--price', '0.5OPG');
		const { owner, terms } = (await api.query.models.models(published.model)).unwrap();
		check.equal([owner, terms.name.toUtf8(), terms.price], [cast.signer.address, 'by subxt', OPG / 2n], 'the model');
		await say('--suri', cast.uri, 'model', 'retire', String(published.model));
		check.that((await api.query.models.models(published.model)).unwrap().status.isRetired, 'it is retired');
	});
}

const cast = (accounts) => ({ signer: accounts.make('subxt'), uri: accounts.uri('subxt') });

export default { name: 'subxt', cast, run };
