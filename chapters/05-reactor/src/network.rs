//! Networks: to whom an address belongs.

use std::net::{IpAddr, Ipv6Addr};

/// The network of `address`, as far as one customer has it: an IPv4 address is its own, but of IPv6
/// addresses each household gets 2^64 or more (RFC 6177), and who has them all could be anybody 2^64 times.
#[must_use]
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn the_addresses_of_one_household_are_one() {
        for (address, of) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
            ("2001:db8:1:3::", "2001:db8:1:3::"),
        ] {
            let parse = |text: &str| text.parse().expect("an address");
            assert_eq!(network(parse(address)), parse(of), "{address}");
        }
    }
}
