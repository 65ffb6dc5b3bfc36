//! Asking once: what feeds tell now is the request's input, and what is not fresh is refused or told.

use crate::{mock::*, Error, Event, OnStale, Question, Source};
use frame_support::{assert_noop, assert_ok};
use opg_primitives::TrustMode;

fn question(on_stale: OnStale) -> Question<Balance> {
	let source = |key| Source { feed: 0, key, count: 1 };
	Question {
		model: 0,
		inputs: vec![source(1), source(0)].try_into().expect("two"),
		trust: TrustMode::Attested,
		max_fee: FEE,
		deadline: 12,
		client_key: [7; 16],
		on_stale,
	}
}

#[test]
fn asks_in_the_sender_s_name_what_feeds_tell_and_says_what_that_was() {
	build_and_execute(|| {
		assert_ok!(Flows::ask(signed(OTHER), question(OnStale::Skip)));
		assert_eq!(fed(), [-0.5, 64_123.5]);
		let (who, ask) = Asked::get().remove(0);
		assert_eq!((who, ask.client_key, ask.max_fee), (OTHER, [7; 16], FEE));
		assert_eq!(Balances::free_balance(OTHER), RICH - FEE);
		let all: [_; 1] = events().try_into().expect("one event");
		let [Event::Asked { request: 0, taken }] = all else { panic!("another event") };
		let taken: Vec<_> = taken.iter().map(|one| (one.key, one.value, one.at)).collect();
		assert_eq!(taken, [(1, -50, 1), (0, 6_412_350, 1)]);
	});
}

#[test]
fn refuses_or_tells_what_is_not_fresh_as_the_question_says() {
	build_and_execute(|| {
		tell_stale(1);
		assert_noop!(
			Flows::ask(signed(OTHER), question(OnStale::Skip)),
			Error::<Test>::InputNotFresh
		);
		assert_ok!(Flows::ask(signed(OTHER), question(OnStale::Tell)));
		assert_eq!(events(), [Event::InputStale { who: OTHER, client_key: [7; 16] }]);
		assert!(Asked::get().is_empty());
		assert_eq!(Balances::free_balance(OTHER), RICH, "nothing was asked, nothing is paid");
	});
}

#[test]
fn refuses_what_no_model_takes() {
	build_and_execute(|| {
		let refuse = |inputs: Vec<Source>, error: Error<Test>| {
			let inputs = inputs.try_into().expect("few");
			let question = Question { inputs, ..question(OnStale::Tell) };
			assert_noop!(Flows::ask(signed(OTHER), question), error);
		};
		let one = Source { feed: 0, key: 0, count: 1 };
		refuse(vec![one], Error::ModelUnfit);
		refuse(vec![one, Source { feed: 5, ..one }], Error::InputsInvalid);
		tell_bytes();
		refuse(vec![one, Source { feed: OF_BYTES, ..one }], Error::InputOfBytes);
		Gone::set(true);
		refuse(vec![one; 2], Error::ModelUnknown);
	});
}
