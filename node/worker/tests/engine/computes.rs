//! What models compute, to the byte.

use super::*;

#[tokio::test]
async fn a_float_model() {
	let engine = engine().await;
	load(&engine, &mlp(), "mlp").await.unwrap();
	let input = Tensor::from_f32(&[2, 4], &[1., 2., 3., 4., 0., 0., 0., 0.]).unwrap();
	let output = run(&engine, mlp().content, &[input]).await.unwrap();
	assert_eq!(output[0].shape, [2, 3]);
	// By Python's onnxruntime 1.31.1.
	let expected = [-1.2844092, -0.00250624, -0.90802693, 0.93637526, -0.12840068, 0.8083358f32];
	for (found, expected) in output[0].as_f32().unwrap().iter().zip(expected) {
		assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
	}
}

#[tokio::test]
async fn the_same_bytes_every_time() {
	let engine = engine().await;
	load(&engine, &mlp(), "mlp").await.unwrap();
	let first = run(&engine, mlp().content, &[row()]).await.unwrap();
	for _ in 0..100 {
		let again = run(&engine, mlp().content, &[row()]).await.unwrap();
		assert_eq!(again, first);
	}
}

#[tokio::test]
async fn the_same_bytes_with_more_threads() {
	let alone = engine().await;
	let helped = EngineHost::start(EngineConfig { threads: 3, ..config() }).await.unwrap();
	let mut outputs = Vec::new();
	for engine in [&alone, &helped] {
		load(engine, &mlp(), "mlp").await.unwrap();
		outputs.push(run(engine, mlp().content, &[row()]).await.unwrap());
	}
	assert_eq!(outputs[0], outputs[1]);
	let threads = |engine: &EngineHost| tasks(engine).len();
	assert_eq!(threads(&helped) - threads(&alone), 2, "the sandbox leaves it its threads");
}

#[tokio::test]
async fn what_is_no_number_without_calling_it_an_error() {
	let engine = engine().await;
	load(&engine, &rooting(), "nan").await.unwrap();
	let below_zero = Tensor::from_f32(&[2], &[-1., 4.]).unwrap();
	let roots = run(&engine, rooting().content, &[below_zero]).await.unwrap();
	let roots = roots[0].as_f32().unwrap();
	assert!(roots[0].is_nan() && roots[1] == 2.0, "{roots:?}");
}

#[tokio::test]
async fn another_shape_than_the_file_declares_and_hands_it_on_to_be_checked() {
	let engine = engine().await;
	load(&engine, &lying(), "lies").await.unwrap();
	let one = Tensor::from_f32(&[1], &[1.]).unwrap();
	let output = run(&engine, lying().content, &[one, numbers(&[5])]).await.unwrap();
	assert_eq!(output[0].shape, [5], "the file says 3");
}

#[tokio::test]
async fn an_integer_model() {
	let engine = engine().await;
	let inputs = vec![port("x", ElementType::Int8, &[1, 3])];
	let outputs = vec![port("y", ElementType::Int32, &[1, 2])];
	let spec = model(5, "integers", inputs, outputs);
	load(&engine, &spec, "integers").await.unwrap();
	let input = Tensor::new(ElementType::Int8, vec![1, 3], vec![1, 2, 3]).unwrap();
	let output = run(&engine, spec.content, &[input]).await.unwrap();
	let expected = [-8i32, 24].iter().flat_map(|number| number.to_le_bytes()).collect();
	assert_eq!(output, [Tensor::new(ElementType::Int32, vec![1, 2], expected).unwrap()]);
}

#[tokio::test]
async fn strings_and_bools() {
	let engine = engine().await;
	let spec = identity();
	load(&engine, &spec, "identity").await.unwrap();
	let text = Tensor::from_strings(&[3], &["", "grüße", "a b"]).unwrap();
	let flag = Tensor::new(ElementType::Bool, vec![3], vec![0, 1, 1]).unwrap();
	let output = run(&engine, spec.content, &[text.clone(), flag]).await.unwrap();
	let other = Tensor::new(ElementType::Bool, vec![3], vec![1, 0, 0]).unwrap();
	assert_eq!(output, [text, other]);

	let nul = Tensor::from_strings(&[1], &["a\0b"]).unwrap();
	let flag = Tensor::new(ElementType::Bool, vec![1], vec![0]).unwrap();
	let refused = run(&engine, spec.content, &[nul, flag]).await;
	assert!(matches!(refused, Err(RunFailure::Refused(_))), "{refused:?}");

	let none = Tensor::from_strings::<&str>(&[0], &[]).unwrap();
	let flag = Tensor::new(ElementType::Bool, vec![0], vec![]).unwrap();
	let output = run(&engine, spec.content, &[none.clone(), flag.clone()]).await.unwrap();
	assert_eq!(output, [none, flag]);
}

#[tokio::test]
async fn every_numeric_type_without_touching_a_bit() {
	let engine = engine().await;
	let kinds = [
		("f16", ElementType::Float16),
		("bf16", ElementType::BFloat16),
		("f64", ElementType::Float64),
		("u8", ElementType::Uint8),
		("i16", ElementType::Int16),
		("u16", ElementType::Uint16),
		("i64", ElementType::Int64),
		("u32", ElementType::Uint32),
		("u64", ElementType::Uint64),
	];
	let side = |tail: &str| {
		kinds.iter().map(|(name, kind)| port(&format!("{name}{tail}"), *kind, &[2])).collect()
	};
	let spec = model(7, "every", side(""), side("_out"));
	load(&engine, &spec, "every").await.unwrap();
	// All ones is a NaN in the float types.
	let tensors: Vec<_> = kinds
		.iter()
		.map(|(_, kind)| {
			let size = kind.size().unwrap();
			let mut data: Vec<u8> = (1..=size as u8).collect();
			data.extend(vec![0xff; size]);
			Tensor::new(*kind, vec![2], data).unwrap()
		})
		.collect();
	assert_eq!(run(&engine, spec.content, &tensors).await.unwrap(), tensors);
}
