// Money: transfers signed by every kind of key, fees, batches, and balances as the Accounts page shows them.

import { OPG } from '../chain.js';

async function run({ chain, step, cast }) {
	const { api } = chain;
	const { balances, utility } = api.tx;
	const free = async (who) => (await api.query.system.account(who.address)).data.free.toBigInt();

	await step('a transfer moves what it says and its fee is as foretold', async (check) => {
		const [before, nothing] = [await free(cast.sender), await free(cast.receiver)];
		const call = balances.transferKeepAlive(cast.receiver.address, 3n * OPG);
		const { partialFee } = await call.paymentInfo(cast.sender);
		const sent = await chain.send(call, cast.sender);
		const [from, to, amount] = check.event(sent, 'balances.Transfer');
		check.equal([from, to, amount], [cast.sender.address, cast.receiver.address, 3n * OPG], 'the transfer');
		const [, fee] = check.event(sent, 'transactionPayment.TransactionFeePaid');
		check.equal(await free(cast.receiver), nothing + 3n * OPG, 'what the receiver has');
		check.equal(await free(cast.sender), before - 3n * OPG - fee.toBigInt(), 'what the sender has');
		check.that(fee.toBigInt() > 0n && fee.toBigInt() <= partialFee.toBigInt(), `the fee ${fee} is at most what was foretold, ${partialFee}`);
	});

	for (const [kind, signer] of Object.entries({ ed25519: cast.ed25519, ecdsa: cast.ecdsa })) {
		await step(`a key of kind ${kind} signs`, async (check) => {
			const before = await free(cast.receiver);
			check.event(await chain.send(balances.transferAllowDeath(cast.receiver.address, OPG), signer), 'balances.Transfer');
			check.equal(await free(cast.receiver), before + OPG, 'what the receiver has');
		});
	}

	await step('a transaction with a tip and a short life is taken', async (check) => {
		const signed = await balances.transferKeepAlive(cast.receiver.address, OPG).signAsync(cast.sender, { nonce: -1, tip: OPG / 10n, era: 8 });
		check.equal(signed.tip, OPG / 10n, 'the tip');
		check.that(signed.era.isMortalEra, 'it is mortal');
		const before = await free(cast.receiver);
		await api.rpc.author.submitExtrinsic(signed);
		await chain.until('the transfer with a tip', async () => (await free(cast.receiver)) === before + OPG);
	});

	await step('a batch is done whole or not at all', async (check) => {
		const before = await free(cast.receiver);
		const good = balances.transferKeepAlive(cast.receiver.address, OPG);
		const bad = balances.transferKeepAlive(cast.receiver.address, 100_000n * OPG);
		check.event(await chain.send(utility.batchAll([good, good]), cast.sender), 'utility.BatchCompleted');
		check.equal(await free(cast.receiver), before + 2n * OPG, 'what the receiver has');
		check.equal(await chain.refusal(utility.batchAll([good, bad]), cast.sender), 'token.FundsUnavailable', 'the refusal');
		check.equal(await free(cast.receiver), before + 2n * OPG, 'what the receiver has after a batch that failed');
		const forced = await chain.send(utility.forceBatch([bad, good]), cast.sender);
		check.event(forced, 'utility.ItemFailed');
		check.event(forced, 'utility.BatchCompletedWithErrors');
		check.equal(await free(cast.receiver), before + 3n * OPG, 'what the receiver has after a forced batch');
	});

	await step('balances are derived as the Accounts page shows them', async (check) => {
		const [all, account, info] = await Promise.all([
			api.derive.balances.all(cast.sender.address),
			api.derive.balances.account(cast.sender.address),
			api.query.system.account(cast.sender.address),
		]);
		check.equal(all.freeBalance, info.data.free, 'the free balance');
		check.equal(account.freeBalance, info.data.free, 'the free balance of the account');
		check.equal(all.accountNonce, info.nonce, 'the number of transactions');
		const signing = await api.derive.tx.signingInfo(cast.sender.address);
		check.equal(signing.nonce, info.nonce, 'the next transaction\'s number');
		check.that(signing.mortalLength > 0, 'transactions are mortal');
	});

	await step('an identity is set and shown', async (check) => {
		const none = { None: null };
		const identity = { display: { Raw: 'Polka' }, email: { Raw: 'polka@example.org' } };
		for (const field of ['legal', 'web', 'riot', 'image', 'twitter']) identity[field] = none;
		const sent = await chain.send(api.tx.identity.setIdentity(identity), cast.sender);
		check.equal(check.event(sent, 'identity.IdentitySet')[0], cast.sender.address, 'whose identity it is');
		check.equal((await api.derive.accounts.identity(cast.sender.address)).display, 'Polka', 'the name shown');
		check.equal((await api.derive.accounts.info(cast.sender.address)).identity.email, 'polka@example.org', 'the address shown');
	});
}

const cast = (accounts) => ({
	sender: accounts.make('sender'),
	receiver: accounts.make('receiver'),
	ed25519: accounts.make('edward', 'ed25519'),
	ecdsa: accounts.make('ecdsa', 'ecdsa'),
});

export default { name: 'balances', cast, run };
