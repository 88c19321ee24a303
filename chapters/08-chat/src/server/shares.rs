//! What the room says to all: no more than a modest line can carry, and no address takes it all.
//!
//! A member that reads can't be slower than those who speak, however many they are: so all of them
//! together have a pace. Whatever is said to all is paid for with time, once by the room and twice by
//! the address that it came from. Each may owe a second.
//!
//! ```text
//!   said to 1000 members, 200 bytes     the room      1.5 ms + 3 ms
//!                                       its address     3 ms + 6 ms
//! ```
//!
//! An address that owes nothing needn't wait for the room, unless that is four seconds in debt: a member
//! that speaks now and then is heard, whatever others do; and who has many addresses can't make the room
//! owe more than that.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

/// KiB that may be said to all in a second.
pub const ROOM_PACE: u32 = 128;

/// What it costs to hand it to one member.
const MEMBER: Duration = Duration::from_micros(3);

/// What may be owed.
const CREDIT: Duration = Duration::from_secs(1);

/// How many seconds more the room may owe before an address has to wait that owes nothing.
const QUIET: u32 = 3;

/// Addresses that are known before those are forgotten that owe nothing.
const KNOWN: usize = 1024;

/// Until when the room, and each address, has paid for; on the reactor's clock.
#[derive(Debug)]
pub(super) struct Shares {
    /// What a byte costs that is said to all.
    byte: Duration,
    room: Duration,
    addresses: HashMap<IpAddr, Duration>,
}

impl Shares {
    /// In a second there are to be had this many `kib`.
    pub fn new(kib: u32) -> Self {
        Self {
            byte: Duration::from_secs(1) / 1024 / kib.max(1),
            room: Duration::ZERO,
            addresses: HashMap::new(),
        }
    }

    /// How long a member at `address` has to wait at `now` before it may say something to all.
    // ANCHOR: wait
    pub fn wait(&self, now: Duration, address: Option<IpAddr>) -> Option<Duration> {
        let own = address.and_then(|address| self.addresses.get(&address));
        let own = own.copied().unwrap_or_default();
        let favour = if own > now { 0 } else { QUIET };
        let room = self.room.saturating_sub(CREDIT * favour);
        let wait = own.max(room).saturating_sub(now + CREDIT);
        (wait > Duration::ZERO).then_some(wait)
    }
    // ANCHOR_END: wait

    /// From `address`, so many bytes are said at `now` to so many members.
    pub fn spend(&mut self, now: Duration, address: Option<IpAddr>, bytes: usize, members: usize) {
        let times = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let cost = self.byte.saturating_mul(times(bytes)) + MEMBER.saturating_mul(times(members));
        self.room = self.room.max(now) + cost;
        let Some(address) = address else { return };
        if self.addresses.len() >= KNOWN {
            self.addresses.retain(|_, paid| *paid > now);
        }
        let paid = self.addresses.entry(address).or_default();
        *paid = (*paid).max(now) + 2 * cost;
    }
}

#[cfg(test)]
mod tests {
    use super::{CREDIT, KNOWN, ROOM_PACE, Shares};
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Duration;

    const NOW: Duration = Duration::from_secs(1000);

    #[expect(clippy::unnecessary_wraps, reason = "as a connection has it")]
    fn address(number: u32) -> Option<IpAddr> {
        Some(IpAddr::V4(Ipv4Addr::from_bits(number)))
    }

    /// What goes through at `now`, in bytes, from addresses that take turns.
    fn say(shares: &mut Shares, now: Duration, addresses: u32) -> usize {
        let mut said = 0;
        for number in (0..addresses).cycle() {
            if shares.wait(now, address(number)).is_some() {
                break;
            }
            shares.spend(now, address(number), 1000, 10);
            said += 1000;
        }
        said
    }

    #[test]
    fn one_address_has_half_of_what_all_have() {
        let one = say(&mut Shares::new(ROOM_PACE), NOW, 1);
        let all = say(&mut Shares::new(ROOM_PACE), NOW, 50);
        assert!((60_000..70_000).contains(&one), "{one}");
        assert!((120_000..190_000).contains(&all), "{all}");
    }

    #[test]
    fn a_second_pays_for_as_much_again() {
        let mut shares = Shares::new(ROOM_PACE);
        say(&mut shares, NOW, 1);
        let again = say(&mut shares, NOW + Duration::from_secs(1), 1);
        assert!((60_000..70_000).contains(&again), "{again}");
        let wait = shares.wait(NOW + Duration::from_secs(1), address(0));
        assert!(wait.is_some_and(|wait| wait < CREDIT));
    }

    #[test]
    fn an_address_that_owes_nothing_is_heard_whatever_others_do() {
        let mut shares = Shares::new(ROOM_PACE);
        say(&mut shares, NOW, 50);
        assert_eq!(shares.wait(NOW, address(50)), None);
        shares.spend(NOW, address(50), 1000, 10);
        assert!(shares.wait(NOW, address(50)).is_some(), "but only once");
    }

    #[test]
    fn whoever_has_many_addresses_makes_the_room_owe_no_more_than_four_seconds() {
        let mut shares = Shares::new(ROOM_PACE);
        let mut said = 0;
        for number in 0..100_000 {
            if shares.wait(NOW, address(number)).is_none() {
                shares.spend(NOW, address(number), 1000, 10);
                said += 1000;
            }
        }
        assert!((480_000..530_000).contains(&said), "{said}");
    }

    #[test]
    fn addresses_that_owe_nothing_are_forgotten() {
        let mut shares = Shares::new(ROOM_PACE);
        for number in 0..10_000 {
            let now = NOW + Duration::from_secs(u64::from(number));
            shares.spend(now, address(number), 100, 1);
        }
        assert!(shares.addresses.len() <= KNOWN);
    }

    #[test]
    fn what_goes_to_many_costs_more() {
        let mut shares = Shares::new(ROOM_PACE);
        let mut said = 0;
        while shares.wait(NOW, address(1)).is_none() {
            shares.spend(NOW, address(1), 10, 10_000);
            said += 1;
        }
        assert!((10..25).contains(&said), "{said} lines to 10,000 members");
    }
}
