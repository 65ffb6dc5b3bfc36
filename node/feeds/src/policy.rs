//! Which machines may be asked: none that only this machine or its own network can reach, unless its operator says so.
//!
//! Sources stand on the chain, so anybody can name any address. Without this a feed could make nodes ask their operators' routers,
//! databases and cloud metadata. What counts is the address a connection goes to, not the name: a name can lead anywhere, and
//! elsewhere the next time.

use ipnet::IpNet;
use std::{
	net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
	str::FromStr,
};

/// What an operator allows to be asked though it is not public: an address, a network, or an address with its port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
	/// Every port of a network's machines.
	Network(IpNet),
	/// One port of one machine.
	Socket(SocketAddr),
}

impl FromStr for Allowed {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let network = text.parse().map(Self::Network);
		let address = || text.parse::<IpAddr>().map(|one| Self::Network(one.into()));
		let socket = || text.parse().map(Self::Socket);
		network.or_else(|_| address()).or_else(|_| socket()).map_err(|_| {
			format!(
				"{text:?} is no address, network or address with a port: write 10.0.0.7, 10.0.0.0/8, 127.0.0.1:8000 or [::1]:8000"
			)
		})
	}
}

/// A name that leads to one address, whatever the network says. Its operator names it, so it is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
	/// The name.
	pub host: String,
	/// Where it leads.
	pub to: IpAddr,
}

impl FromStr for Pinned {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let parts = text.split_once('=').filter(|(host, _)| !host.is_empty());
		let pinned = parts.and_then(|(host, to)| {
			Some(Self { host: host.to_ascii_lowercase(), to: to.parse().ok()? })
		});
		pinned.ok_or_else(|| format!("{text:?} pins no name: write prices.example=127.0.0.1"))
	}
}

/// Who may be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
	/// What may be asked beside public addresses.
	pub allowed: Vec<Allowed>,
	/// Names that lead where the operator says.
	pub pinned: Vec<Pinned>,
}

impl Policy {
	/// Whether this address may be asked.
	pub fn permits(&self, to: SocketAddr) -> bool {
		let ip = to.ip().to_canonical();
		is_public(ip)
			|| self.allowed.iter().any(|allowed| match allowed {
				Allowed::Network(network) => network.contains(&ip),
				Allowed::Socket(socket) => *socket == SocketAddr::new(ip, to.port()),
			})
	}

	/// Where the operator says a name leads.
	pub fn pinned_to(&self, host: &str) -> Option<IpAddr> {
		let pinned = self.pinned.iter().find(|pinned| pinned.host.eq_ignore_ascii_case(host));
		pinned.map(|pinned| pinned.to)
	}
}

/// Whether an address is one that everybody can reach: no special purpose of the IANA registries (RFC 6890) has it.
pub fn is_public(ip: IpAddr) -> bool {
	match ip.to_canonical() {
		IpAddr::V4(ip) => is_public_v4(ip),
		IpAddr::V6(ip) => is_public_v6(ip),
	}
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
	let [a, b, c, _] = ip.octets();
	let is_special = a == 0
		|| ip.is_private()
		|| ip.is_loopback()
		|| ip.is_link_local()
		|| ip.is_documentation()
		|| ip.is_multicast()
		|| a >= 240
		// Shared between a provider's customers.
		|| (a == 100 && (64..128).contains(&b))
		// Protocols, and the way to IPv6 by relay.
		|| (a == 192 && b == 0 && c == 0)
		|| (a == 192 && b == 88 && c == 99)
		// Benchmarks.
		|| (a == 198 && (b == 18 || b == 19));
	!is_special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
	let groups = ip.segments();
	let [a, b, ..] = groups;
	let embedded = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
	match (a, b) {
		// Through a translator or relay it is an IPv4 address that is reached.
		(0x64, 0xff9b) => {
			groups[2..6].iter().all(|group| *group == 0)
				&& is_public_v4(embedded(groups[6], groups[7]))
		},
		(0x2002, _) => is_public_v4(embedded(groups[1], groups[2])),
		// Teredo, benchmarks, hashes for identities, documentation.
		(0x2001, 0..0x200) | (0x2001, 0xdb8) => false,
		(0x3fff, _) => false,
		// Of all others only global unicast is assigned.
		_ => (0x2000..0x4000).contains(&a),
	}
}

#[cfg(test)]
mod tests {
	use super::{is_public, Allowed, Pinned, Policy};
	use std::net::IpAddr;

	#[test]
	fn only_what_everybody_can_reach_is_public() {
		for public in
			["1.1.1.1", "93.184.216.34", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
		{
			assert!(is_public(public.parse().expect("an address")), "{public}");
		}
		for hidden in [
			"0.0.0.0",
			"10.1.2.3",
			"100.64.0.1",
			"127.0.0.1",
			"127.255.0.9",
			"169.254.169.254",
			"172.16.0.1",
			"172.31.255.255",
			"192.0.0.8",
			"192.0.2.1",
			"192.88.99.1",
			"192.168.1.1",
			"198.18.0.1",
			"224.0.0.1",
			"255.255.255.255",
			"::",
			"::1",
			"::ffff:127.0.0.1",
			"::ffff:10.0.0.1",
			"::127.0.0.1",
			"64:ff9b::7f00:1",
			"64:ff9b:1::1",
			"fc00::1",
			"fd12::1",
			"fe80::1",
			"ff02::1",
			"2001:db8::1",
			"2001::1",
			"2002:7f00:1::",
			"2002:a00:1::1",
		] {
			assert!(!is_public(hidden.parse::<IpAddr>().expect("an address")), "{hidden}");
		}
	}

	#[test]
	fn what_the_operator_names_may_be_asked_as_well() {
		let allowed = ["10.0.0.0/8", "127.0.0.1:8000", "192.168.1.7", "[::1]:9000"];
		let allowed = allowed.map(|text| text.parse::<Allowed>().expect("an address")).to_vec();
		let policy = Policy { allowed, pinned: Vec::new() };
		let permits = |text: &str| policy.permits(text.parse().expect("a socket"));
		assert!(permits("10.9.9.9:1") && permits("127.0.0.1:8000") && permits("192.168.1.7:80"));
		assert!(permits("[::1]:9000") && permits("[::ffff:10.0.0.1]:80") && permits("1.1.1.1:80"));
		assert!(!permits("127.0.0.1:8001") && !permits("192.168.1.8:80") && !permits("[::1]:80"));
	}

	#[test]
	fn what_is_no_address_is_refused_with_a_hint() {
		for text in ["", "localhost", "10.0.0.0/33", "127.0.0.1:", "http://10.0.0.1"] {
			let said = text.parse::<Allowed>().expect_err("no address");
			assert!(said.contains("127.0.0.1:8000"), "{said}");
		}
		assert!("=127.0.0.1".parse::<Pinned>().is_err());
		assert!("name=elsewhere".parse::<Pinned>().is_err());
	}

	#[test]
	fn a_pinned_name_leads_where_the_operator_says() {
		let pinned = vec!["Prices.example=127.0.0.1".parse::<Pinned>().expect("a pin")];
		let policy = Policy { allowed: Vec::new(), pinned };
		let to = policy.pinned_to("prices.EXAMPLE").expect("pinned");
		assert_eq!(to.to_string(), "127.0.0.1");
		assert_eq!(policy.pinned_to("other.example"), None);
	}
}
