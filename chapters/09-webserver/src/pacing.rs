//! The pace of guessing: how often a password may be tried.
//!
//! Each attempt is paid for with time. Who has tried often waits, and is never locked out for good:
//! else an attacker could lock out a user by trying that user's name.
//!
//! | what is counted | at once | then one each |
//! | --- | --- | --- |
//! | attempts from one address on one name | 5 | 10 s |
//! | attempts from one address | 50 | 1 s |
//! | attempts on one name, but from addresses where it has logged in before | 100 | 1 s |
//!
//! The last bound is against an attacker with many addresses. It may make a user wait who comes from a
//! new address at that time, and doesn't concern one who comes from a known address.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use crate::Name;

/// What attempts are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Counted {
    Address(IpAddr),
    Pair(IpAddr, Name),
    Name(Name),
}

/// How often passwords have been tried. Times are those of the reactor's clock.
#[derive(Debug)]
pub struct Pacing {
    /// Attempts at once from one address on one name.
    burst: u32,
    /// When all attempts so far are paid for. Later than that, an entry says nothing.
    paid: HashMap<Counted, Duration>,
    /// Where a name has logged in, and when it last did.
    known: HashMap<(IpAddr, Name), Duration>,
}

impl Pacing {
    /// Entries that are kept at most. One is made for an attempt that is worked on, and lasts as long as
    /// it isn't paid for, so there are as many as passwords can be hashed in that time: far fewer.
    const MAX: usize = 100_000;

    /// A pace that allows `burst` attempts at once from one address on one name.
    #[must_use]
    pub fn new(burst: u32) -> Self {
        Self {
            burst: burst.max(1),
            paid: HashMap::new(),
            known: HashMap::new(),
        }
    }

    // ANCHOR: wait
    /// How long to wait at `now` until there may be an attempt on `name` from `address`; nothing, if there
    /// may be one. Without a name, only the address counts.
    #[must_use]
    pub fn wait(&self, address: IpAddr, name: Option<&Name>, now: Duration) -> Duration {
        let waits = self
            .counted(address, name)
            .into_iter()
            .map(|(counted, price, credit)| {
                let paid = self.paid.get(&counted).copied().unwrap_or_default();
                (paid + price).saturating_sub(now + credit)
            });
        waits.max().unwrap_or_default()
    }
    // ANCHOR_END: wait

    /// There is an attempt at `now`.
    pub fn spend(&mut self, address: IpAddr, name: Option<&Name>, now: Duration) {
        if self.paid.len() >= Self::MAX {
            self.paid.retain(|_, paid| *paid > now);
        }
        for (counted, price, _) in self.counted(address, name) {
            let paid = self.paid.entry(counted).or_insert(now);
            *paid = now.max(*paid) + price;
        }
    }

    /// The attempt was right: those before it on this name, from this address, count no more.
    pub fn succeeded(&mut self, address: IpAddr, name: &Name, now: Duration) {
        let address = network(address);
        self.paid.remove(&Counted::Pair(address, name.clone()));
        if self.known.len() >= Self::MAX {
            let month = Duration::from_hours(30 * 24);
            self.known.retain(|_, last| *last + month > now);
        }
        if self.known.len() < Self::MAX {
            self.known.insert((address, name.clone()), now);
        }
    }

    /// What an attempt counts for, what it costs, and how much may be owed.
    fn counted(&self, address: IpAddr, name: Option<&Name>) -> Vec<(Counted, Duration, Duration)> {
        let address = network(address);
        let burst = |seconds: u64, times: u32| {
            let price = Duration::from_secs(seconds);
            (
                price,
                price.saturating_mul(self.burst.saturating_mul(times)),
            )
        };
        let (price, credit) = burst(1, 10);
        let mut counted = vec![(Counted::Address(address), price, credit)];
        if let Some(name) = name {
            let (price, credit) = burst(10, 1);
            counted.push((Counted::Pair(address, name.clone()), price, credit));
            if !self.known.contains_key(&(address, name.clone())) {
                let (price, credit) = burst(1, 20);
                counted.push((Counted::Name(name.clone()), price, credit));
            }
        }
        counted
    }
}

/// What one customer of a provider has: of IPv6 that is a network of 2⁶⁴ addresses, and an attacker
/// could use another one for each attempt.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    use super::Pacing;
    use crate::Name;

    const NOW: Duration = Duration::from_secs(1000);

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn address(last: u8) -> IpAddr {
        Ipv4Addr::new(10, 0, 0, last).into()
    }

    /// Attempts that go through at `now`.
    fn attempts(pacing: &mut Pacing, address: IpAddr, on: &str, now: Duration) -> usize {
        let (mut count, name) = (0, name(on));
        while pacing.wait(address, Some(&name), now).is_zero() && count < 1000 {
            pacing.spend(address, Some(&name), now);
            count += 1;
        }
        count
    }

    #[test]
    fn five_attempts_may_come_at_once_and_then_one_each_ten_seconds() {
        let mut pacing = Pacing::new(5);
        assert_eq!(attempts(&mut pacing, address(1), "ada", NOW), 5);
        let wait = pacing.wait(address(1), Some(&name("ada")), NOW);
        assert_eq!(wait, Duration::from_secs(10));
        assert_eq!(attempts(&mut pacing, address(1), "ada", NOW + wait), 1);
        let hour = Duration::from_hours(1);
        assert_eq!(attempts(&mut pacing, address(1), "ada", NOW + hour), 5);
    }

    #[test]
    fn one_name_in_several_forms_is_one_name() {
        let mut pacing = Pacing::new(5);
        attempts(&mut pacing, address(1), "ada", NOW);
        assert_eq!(attempts(&mut pacing, address(1), "ADA", NOW), 0);
    }

    #[test]
    fn an_address_that_tries_many_names_waits_too() {
        let mut pacing = Pacing::new(5);
        let all: usize = (0..20)
            .map(|number| attempts(&mut pacing, address(1), &format!("user-{number}"), NOW))
            .sum();
        assert_eq!(all, 50);
        assert!(!pacing.wait(address(1), None, NOW).is_zero());
        assert!(pacing.wait(address(2), None, NOW).is_zero());
    }

    #[test]
    fn an_attacker_with_many_addresses_is_slowed_down_and_the_user_at_a_known_one_is_not() {
        let mut pacing = Pacing::new(5);
        pacing.succeeded(address(1), &name("ada"), NOW);
        let all: usize = (2..200)
            .map(|number| attempts(&mut pacing, address(number), "ada", NOW))
            .sum();
        assert_eq!(all, 100);
        assert!(pacing.wait(address(1), Some(&name("ada")), NOW).is_zero());
    }

    #[test]
    fn a_right_password_ends_the_wait_of_its_own_name_and_address() {
        let mut pacing = Pacing::new(5);
        attempts(&mut pacing, address(1), "ada", NOW);
        pacing.succeeded(address(1), &name("ada"), NOW);
        assert_eq!(attempts(&mut pacing, address(1), "ada", NOW), 5);
    }

    #[test]
    fn the_addresses_of_one_network_are_one() {
        let mut pacing = Pacing::new(5);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        attempts(&mut pacing, address("2001:db8::1"), "ada", NOW);
        assert_eq!(attempts(&mut pacing, address("2001:db8::2"), "ada", NOW), 0);
        assert_eq!(
            attempts(&mut pacing, address("2001:db8:0:1::1"), "ada", NOW),
            5
        );
        attempts(&mut pacing, address("10.0.0.1"), "ada", NOW);
        assert_eq!(
            attempts(&mut pacing, address("::ffff:10.0.0.1"), "ada", NOW),
            0
        );
    }
}
