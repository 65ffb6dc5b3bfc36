//! `opg growth`: what is given back to who comes back, and what is granted.

use crate::{
	amount::{Amount, Share},
	args::{GrowthCommand, KeyArgs},
	chain::{
		self, account, pot_account, AtBlock, Chain, CLAIMABLE, CLAIM_REBATE, EXISTENTIAL_DEPOSIT,
		GRANTS, GROWTH_POT, GROWTH_SPENT, GROWTH_TERMS, REBATED, USE_OF_ACCOUNT,
	},
	error::{Error, Result},
	keys::signer,
	records::{
		AccountUse, ClaimRebate, Grant, GrantLimit, GrowthSpent, GrowthTerms, Rebated, Subject,
	},
	report::{pairs, table, Report},
	stats,
};
use codec::Encode;
use serde::Serialize;
use serde_json::json;
use subxt::utils::AccountId32;

/// Carries out a command.
pub(crate) async fn run(
	command: GrowthCommand,
	keys: &KeyArgs,
	chain: &Chain,
	report: Report,
) -> Result<()> {
	match command {
		GrowthCommand::Show { account: given } => {
			let who = match given {
				Some(who) => Some(who),
				None => match signer(keys, chain).await {
					Ok(keys) => Some(account(&keys)),
					// The rest is worth showing to someone without a key.
					Err(Error::NoKey) => None,
					Err(error) => return Err(error),
				},
			};
			let view = View::read(chain, who).await?;
			report.result(&view, view.text());
			Ok(())
		},
		GrowthCommand::Claim { account: given } => {
			let keys = signer(keys, chain).await?;
			let who = given.unwrap_or_else(|| account(&keys));
			let at = chain.best().await?;
			let due = due(chain, &at, who).await?;
			let epoch = stats::epoch(chain, &at).await?.index;
			let left = terms(&at).await?.rebates.saturating_sub(spent(&at, epoch).await?.rebates);
			check_claim(who, due, left)?;
			let events = chain.send(&keys, CLAIM_REBATE, ClaimRebate { who }).await?;
			let Rebated { paid, amount } = chain::event(&events, REBATED)?;
			let (paid, amount) = (Amount(paid), Amount(amount));
			let value = json!({ "account": who.to_string(), "paid": paid, "amount": amount });
			let text = format!("{amount} of the {paid} that {who} paid are given back.");
			report.result(&value, text);
			Ok(())
		},
	}
}

/// Refuses a claim that the chain would refuse.
fn check_claim(who: AccountId32, due: u128, left: u128) -> Result<()> {
	if due == 0 {
		return Err(Error::NothingDue { account: who.to_string() });
	}
	if due > left {
		return Err(Error::RebatesExhausted { due: Amount(due), left: Amount(left) });
	}
	Ok(())
}

async fn due(chain: &Chain, at: &AtBlock, who: AccountId32) -> Result<u128> {
	chain.view(at, CLAIMABLE, who.0.to_vec()).await
}

async fn terms(at: &AtBlock) -> Result<GrowthTerms> {
	let missing = || Error::Chain(format!("it has no {}.{}", GROWTH_TERMS.0, GROWTH_TERMS.1));
	chain::read(at, GROWTH_TERMS, ()).await?.ok_or_else(missing)
}

async fn spent(at: &AtBlock, epoch: u32) -> Result<GrowthSpent> {
	let last: Option<GrowthSpent> = chain::read(at, GROWTH_SPENT, ()).await?;
	Ok(last
		.filter(|spent| spent.epoch == epoch)
		.unwrap_or(GrowthSpent { epoch, ..Default::default() }))
}

#[derive(Debug, Serialize)]
struct View {
	epoch: u32,
	of_fees: Share,
	of_burn: Share,
	rebates: Amount,
	rebated: Amount,
	grants: Amount,
	granted: Amount,
	pot: Amount,
	open_grants: Vec<GrantView>,
	account: Option<String>,
	due: Amount,
	seen: Vec<u32>,
}

#[derive(Debug, Serialize)]
struct GrantView {
	grant: u64,
	beneficiary: String,
	limit: String,
	milestones: Vec<Amount>,
}

impl View {
	async fn read(chain: &Chain, who: Option<AccountId32>) -> Result<Self> {
		let at = chain.best().await?;
		let epoch = stats::epoch(chain, &at).await?.index;
		let terms = terms(&at).await?;
		let spent = spent(&at, epoch).await?;
		let pot = chain::account_at(&at, &pot_account(GROWTH_POT)).await?;
		let endowment = chain::constant::<u128>(&at, EXISTENTIAL_DEPOSIT)?;
		let (due, seen) = match who {
			None => (0, Vec::new()),
			Some(who) => {
				let used: Option<AccountUse> =
					chain.said(&at, USE_OF_ACCOUNT, &who.0.encode()).await?;
				(due(chain, &at, who).await?, used.map_or_else(Vec::new, |used| used.epochs(epoch)))
			},
		};
		let open = chain::read_all::<Grant>(&at, GRANTS).await?;
		Ok(Self {
			epoch,
			of_fees: Share(terms.of_fees),
			of_burn: Share(terms.of_burn),
			rebates: Amount(terms.rebates),
			rebated: Amount(spent.rebates),
			grants: Amount(terms.grants),
			granted: Amount(spent.grants),
			pot: Amount(pot.map_or(0, |pot| pot.data.free).saturating_sub(endowment)),
			open_grants: open
				.iter()
				.map(|(number, grant)| GrantView::new(*number, grant))
				.collect(),
			account: who.map(|who| who.to_string()),
			due: Amount(due),
			seen,
		})
	}

	fn text(&self) -> String {
		let mut lines = vec![
			("epoch", self.epoch.to_string()),
			(
				"given back",
				format!("{} of fees, at most {} of what burnt of them", self.of_fees, self.of_burn),
			),
			("in this epoch", format!("{} of at most {}", self.rebated, self.rebates)),
			("granted", format!("{} of at most {}", self.granted, self.grants)),
			("pot", self.pot.to_string()),
		];
		if let Some(account) = &self.account {
			let seen: Vec<_> = self.seen.iter().map(u32::to_string).collect();
			let seen = if seen.is_empty() { "none".into() } else { seen.join(", ") };
			lines.extend([
				("account", account.clone()),
				("was here in", seen),
				("can claim", self.due.to_string()),
			]);
		}
		if self.open_grants.is_empty() {
			return pairs(&lines);
		}
		let rows: Vec<_> = self
			.open_grants
			.iter()
			.map(|grant| {
				let milestones: Vec<_> = grant.milestones.iter().map(Amount::to_string).collect();
				let number = grant.grant.to_string();
				[number, grant.beneficiary.clone(), grant.limit.clone(), milestones.join(", ")]
			})
			.collect();
		let grants = table(["grant", "beneficiary", "limit", "milestones"], &rows);
		format!("{}\n\n{grants}", pairs(&lines))
	}
}

impl GrantView {
	fn new(number: u64, grant: &Grant) -> Self {
		let limit = match grant.limit {
			GrantLimit::Burn(Subject::Model(model)) => format!("what model {model} burns"),
			GrantLimit::Burn(Subject::App(app)) => format!("what app {app} burns"),
			GrantLimit::Delay(until) => format!("not before block {until}"),
		};
		Self {
			grant: number,
			beneficiary: grant.beneficiary.to_string(),
			limit,
			milestones: grant.milestones.iter().copied().map(Amount).collect(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::{check_claim, GrantView, View};
	use crate::{
		amount::{Amount, Share},
		records::{AccountUse, Grant, GrantLimit, Subject},
	};
	use subxt::utils::AccountId32;

	#[test]
	fn a_claim_of_nothing_or_of_more_than_is_left_is_refused_before_it_is_paid_for() {
		let who = AccountId32([1; 32]);
		assert!(check_claim(who, 5, 5).is_ok());
		let nothing = check_claim(who, 0, 5).unwrap_err();
		assert!(nothing.to_string().contains("once the epoch is over"), "{nothing}");
		let exhausted = check_claim(who, 6, 5).unwrap_err();
		assert!(exhausted.to_string().contains("next epoch"), "{exhausted}");
		assert_eq!((nothing.kind(), exhausted.kind()), ("nothing-due", "rebates-exhausted"));
	}

	#[test]
	fn the_epochs_in_which_an_account_was_here_are_counted_back_from_this_one() {
		let used = |seen| AccountUse { first: 0, last: 0, seen, fees: [0; 4] };
		assert_eq!(used(0b1011).epochs(7), [4, 6, 7]);
		assert_eq!(used(0b11).epochs(0), [0]);
		assert!(used(0).epochs(9).is_empty());
	}

	#[test]
	fn a_grant_says_what_limits_it() {
		let grant = |limit| Grant { beneficiary: AccountId32([2; 32]), limit, milestones: vec![9] };
		let limit = |limit| GrantView::new(0, &grant(limit)).limit;
		assert_eq!(limit(GrantLimit::Burn(Subject::App(3))), "what app 3 burns");
		assert_eq!(limit(GrantLimit::Delay(70)), "not before block 70");
	}

	#[test]
	fn what_an_account_can_claim_is_shown_with_when_it_was_here() {
		let view = View {
			epoch: 3,
			of_fees: Share(30_000),
			of_burn: Share(600_000),
			rebates: Amount(100),
			rebated: Amount(0),
			grants: Amount(100),
			granted: Amount(0),
			pot: Amount(7),
			open_grants: Vec::new(),
			account: Some("somebody".into()),
			due: Amount(3_000_000_000),
			seen: vec![1, 2],
		};
		let text = view.text();
		assert!(text.contains("3% of fees") && text.contains("0.003 OPG"), "{text}");
		assert!(text.contains("was here in    1, 2"), "{text}");
	}
}
