//! A block's statements under one root, and what shows that one is among them.

use crate::{mock::*, Event, Inclusion, Leaves, Root, Roots};
use frame_support::assert_ok;
use sp_core::H256;
use sp_io::hashing::keccak_256;

/// The root by the definition, written down again.
fn root_of(statements: &[H256]) -> [u8; 32] {
	let mut row: Vec<_> = statements.iter().map(|leaf| keccak_256(leaf.as_bytes())).collect();
	while row.len() > 1 {
		row = row
			.chunks(2)
			.map(|pair| match pair {
				[left, right] => keccak_256(&[*left, *right].concat()),
				alone => alone[0],
			})
			.collect();
	}
	row[0]
}

/// The root that a path leads to, by the definition.
fn led_to(inclusion: &Inclusion<u64>) -> [u8; 32] {
	let mut hash = keccak_256(inclusion.statement.as_bytes());
	let (mut index, mut width) = (inclusion.index, inclusion.leaves);
	let mut path = inclusion.path.iter();
	while width > 1 {
		if index % 2 == 1 || index + 1 < width {
			let sibling = path.next().expect("a sibling").0;
			let pair = if index % 2 == 1 { [sibling, hash] } else { [hash, sibling] };
			hash = keccak_256(&pair.concat());
		}
		(index, width) = (index / 2, width.div_ceil(2));
	}
	assert_eq!(path.next(), None, "nothing is left over");
	hash
}

#[test]
fn a_block_without_statements_has_no_root() {
	build_and_execute(|| {
		wait(3);
		assert_eq!(Roots::<Test>::iter().count(), 0);
		assert_eq!(events(), []);
	});
}

#[test]
fn every_statement_of_a_block_is_shown_to_be_under_its_root() {
	for many in [1, 2, 3, 4, 5, 7, 8, 13] {
		build_and_execute(|| {
			let case = case("cubic_1", "valid_0").registered();
			for reference in 1..=many {
				assert_ok!(case.submit(BOB, reference));
				assert_eq!(Proofs::inclusion(case.statement(BOB, reference)), None);
			}
			let statements = Leaves::<Test>::get(1);
			events();
			next_block();
			let root = H256(root_of(&statements));
			let expected = Root { root, statements: many.into() };
			assert_eq!(Roots::<Test>::get(1), Some(expected));
			assert_eq!(events(), [Event::Aggregated { root, statements: many.into() }]);
			for (index, statement) in statements.iter().enumerate() {
				let inclusion = Proofs::inclusion(*statement).expect("is kept");
				assert_eq!((inclusion.block, inclusion.root), (1, root));
				assert_eq!((inclusion.index, inclusion.leaves), (index as u32, many.into()));
				assert_eq!(led_to(&inclusion), root.0, "{index} of {many}");
			}
		});
	}
}

#[test]
fn statements_are_named_by_all_that_makes_them_differ() {
	build_and_execute(|| {
		let case = case("cubic_1", "valid_0").registered();
		let genesis = System::block_hash(0);
		let inputs = keccak_256(case.inputs.as_flattened());
		let named = [
			b"opg/proof/1".as_slice(),
			genesis.as_bytes(),
			&[0],
			case.id().as_bytes(),
			&inputs,
			&BOB.to_le_bytes(),
			&[1; 32],
		]
		.concat();
		assert_eq!(case.statement(BOB, 1).0, keccak_256(&named));
		let key = [b"opg/proof-key/1".as_slice(), &[0], &1u32.to_be_bytes(), &case.key].concat();
		assert_eq!(case.id().0, keccak_256(&key));
		assert_eq!(Proofs::inclusion(H256::zero()), None);
	});
}
