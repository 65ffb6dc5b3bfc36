//! An HTTP server on this machine that answers as a test wants: also late, too much, or nothing that makes sense.

// Each test file uses a part of it.
#![allow(dead_code)]

use std::{
	net::SocketAddr,
	sync::{
		atomic::{AtomicUsize, Ordering},
		Arc, Mutex,
	},
};
use tokio::{
	io::{AsyncReadExt, AsyncWriteExt},
	net::{TcpListener, TcpStream},
};

/// What a path answers.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
	/// This body.
	Body(String),
	/// This status and header lines, without a body.
	Status(u16, String),
	/// So many bytes, with their length said before or not.
	Flood(usize, bool),
	/// The first bytes of an answer, and then nothing.
	Stall,
	/// The end of the connection.
	Hang,
}

type Route = Box<dyn Fn(&str) -> Reply + Send + Sync>;

/// A running server; it ends with its runtime.
pub(crate) struct Server {
	/// Where it listens.
	pub address: SocketAddr,
	/// Questions it had.
	pub asked: Arc<AtomicUsize>,
	route: Arc<Mutex<Route>>,
}

impl Server {
	/// Starts one on a free port of this machine.
	pub(crate) async fn start(route: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
		let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
		let address = listener.local_addr().expect("bound");
		let asked = Arc::new(AtomicUsize::new(0));
		let route: Arc<Mutex<Route>> = Arc::new(Mutex::new(Box::new(route)));
		let (count, routes) = (asked.clone(), route.clone());
		tokio::spawn(async move {
			while let Ok((stream, _)) = listener.accept().await {
				tokio::spawn(serve(stream, routes.clone(), count.clone()));
			}
		});
		Self { address, asked, route }
	}

	/// Answers otherwise from now on.
	pub(crate) fn reroute(&self, route: impl Fn(&str) -> Reply + Send + Sync + 'static) {
		*self.route.lock().expect("no test panics here") = Box::new(route);
	}

	/// The address of a path.
	pub(crate) fn url(&self, path: &str) -> String {
		format!("http://{}{path}", self.address)
	}

	/// How often it was asked.
	pub(crate) fn count(&self) -> usize {
		self.asked.load(Ordering::SeqCst)
	}
}

async fn serve(mut stream: TcpStream, route: Arc<Mutex<Route>>, count: Arc<AtomicUsize>) {
	let mut head = Vec::new();
	while !head.windows(4).any(|end| end == b"\r\n\r\n") {
		let mut some = [0; 1_024];
		match stream.read(&mut some).await {
			Ok(read) if read > 0 => head.extend_from_slice(&some[..read]),
			_ => return,
		}
	}
	count.fetch_add(1, Ordering::SeqCst);
	let head = String::from_utf8_lossy(&head).into_owned();
	let path = head.split(' ').nth(1).unwrap_or("/").to_owned();
	let reply = route.lock().expect("no test panics here")(&path);
	// Who asked may have gone, which is what some tests are about.
	let _ = answer(&mut stream, reply).await;
}

async fn answer(stream: &mut TcpStream, reply: Reply) -> std::io::Result<()> {
	match reply {
		Reply::Body(body) => {
			let head = format!(
				"HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
				body.len()
			);
			stream.write_all(head.as_bytes()).await
		},
		Reply::Status(status, headers) => {
			let head = format!(
				"HTTP/1.1 {status} Said\r\n{headers}Content-Length: 0\r\nConnection: close\r\n\r\n"
			);
			stream.write_all(head.as_bytes()).await
		},
		Reply::Flood(bytes, says_so) => {
			let length =
				if says_so { format!("Content-Length: {bytes}\r\n") } else { String::new() };
			let head = format!("HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n");
			stream.write_all(head.as_bytes()).await?;
			let part = [b' '; 4_096];
			for _ in 0..bytes / part.len() {
				stream.write_all(&part).await?;
			}
			Ok(())
		},
		Reply::Stall => {
			stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n1").await?;
			std::future::pending().await
		},
		Reply::Hang => Ok(()),
	}
}
