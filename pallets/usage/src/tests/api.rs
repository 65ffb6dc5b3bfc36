//! A runtime answers tools in a line for each question.

use crate::{
	api::UsageApi, mock::*, AccountUse, CohortAge, Counters, EpochIndex, EpochSpan, Scope, Service,
};
use opg_primitives::{AppId, ModelId};

type Block = frame_system::mocking::MockBlock<Test>;

struct Api;

sp_api::mock_impl_runtime_apis! {
	impl UsageApi<Block, u64> for Api {
		fn epoch() -> EpochSpan {
			Usage::epoch()
		}

		fn counters(epoch: EpochIndex) -> Option<Counters> {
			Usage::counters(epoch)
		}

		fn model_counters(model: ModelId, epoch: EpochIndex) -> Option<Counters> {
			Usage::scope_counters(Scope::Model(model), epoch)
		}

		fn app_counters(app: AppId, epoch: EpochIndex) -> Option<Counters> {
			Usage::scope_counters(Scope::App(app), epoch)
		}

		fn cohort(start: EpochIndex) -> Vec<CohortAge> {
			Usage::cohort(start)
		}

		fn account(who: u64) -> Option<AccountUse> {
			Usage::account(&who)
		}

		fn service(epoch: EpochIndex) -> Option<Service> {
			Usage::service(epoch)
		}
	}
}

#[test]
fn tools_are_told_what_was_counted() {
	build_and_execute(|| {
		settle_in_app(ALICE, 5, 10);
		let at = Default::default();
		let span = Api.epoch(at).expect("an answer");
		assert_eq!(span, EpochSpan { index: 0, begin: 0, end: LENGTH });
		let all = Api.counters(at, 0).expect("an answer").expect("it is kept");
		assert_eq!(all.money.spend, 10);
		assert_eq!(Api.model_counters(at, 0, 0).expect("an answer"), Some(all.clone()));
		assert_eq!(Api.app_counters(at, 5, 0).expect("an answer"), Some(all.clone()));
		let cohort = Api.cohort(at, 0).expect("an answer");
		assert_eq!(cohort, [CohortAge { age: 0, accounts: 1, spend: 10 }]);
		assert_eq!(Api.account(at, ALICE).expect("an answer"), Usage::account(&ALICE));
		assert_eq!(Api.service(at, 0).expect("an answer"), Some(all.service));
		assert_eq!(Api.counters(at, 1).expect("an answer"), None);
	});
}
