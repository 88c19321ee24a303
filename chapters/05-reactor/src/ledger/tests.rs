use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;

use super::{Account, Ledger};
use crate::ConnId;
use crate::slots::Slots;

fn address(number: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(number))
}

/// So many ids.
fn ids(count: usize) -> Vec<ConnId> {
    let mut slots = Slots::new();
    (0..count).map(|_| ConnId(slots.insert(()))).collect()
}

/// Accounts with these sums, each changed a millisecond after the one before, and their ledger.
fn accounts(limit: usize, held: &[usize]) -> (Ledger, Vec<Account>) {
    let mut ledger = Ledger::new(limit);
    let account = |(number, held): (u64, &usize)| {
        let mut account = Account::default();
        ledger.charge(&mut account, *held, || number << 20);
        account
    };
    let accounts = (1..).zip(held).map(account).collect();
    (ledger, accounts)
}

/// The numbers of those that are given up, in their order, if the account of each is paid by the
/// address that `payer` says.
fn chosen(limit: usize, held: &[usize], payer: impl Fn(usize) -> u32) -> Vec<usize> {
    let (ledger, accounts) = accounts(limit, held);
    let ids = ids(held.len());
    let holders = accounts.iter().zip(&ids).enumerate();
    let holders =
        holders.map(|(number, (account, id))| (Some(address(payer(number))), account.holder(*id)));
    let chosen = ledger.choose(holders);
    let number = |id: &ConnId| {
        ids.iter()
            .position(|other| other == id)
            .expect("one of them")
    };
    chosen.iter().map(number).collect()
}

#[test]
fn the_address_that_holds_the_most_pays_whoever_came_first() {
    // One of 10 bytes has been there the longest.
    assert_eq!(
        chosen(80, &[10, 50, 30], |number| u32::from(number > 0)),
        [1]
    );
}

#[test]
fn of_one_address_the_account_that_has_not_changed_for_the_longest_time_is_given_up_first() {
    assert_eq!(chosen(80, &[5, 5, 40, 40], |_| 1), [0, 1, 2]);
}

#[test]
fn two_addresses_that_hold_the_same_pay_the_same() {
    let of_each = |number: usize| u32::from(number % 2 == 1);
    let mut chosen = chosen(80, &[10; 16], of_each);
    chosen.sort_unstable();
    let of_one = chosen.iter().filter(|&&number| number % 2 == 0).count();
    assert_eq!(chosen.len(), 9);
    assert!((4..=5).contains(&of_one), "{chosen:?}");
}

#[test]
fn below_the_limit_nobody_is_given_up() {
    assert_eq!(chosen(100, &[50, 30], |_| 1), [0; 0]);
}

proptest! {
    /// What must always hold: the sum is that of the accounts. What must finally happen: once those
    /// that are chosen are gone, there is room again.
    #[test]
    fn the_sum_is_that_of_all_accounts_and_falls_below_the_limit(
        charges in prop::collection::vec((0..20_usize, 0..1000_usize), 1..200),
        payers in prop::collection::vec(0..4_u32, 20),
        limit in 1..5000_usize,
    ) {
        let mut ledger = Ledger::new(limit);
        let mut accounts = [Account::default(); 20];
        for (now, (number, held)) in (0..).zip(charges) {
            ledger.charge(&mut accounts[number], held, || now);
        }
        prop_assert_eq!(ledger.held, accounts.iter().map(Account::held).sum::<usize>());
        let ids = ids(20);
        let holder = |number: usize| {
            (Some(address(payers[number])), accounts[number].holder(ids[number]))
        };
        let holders: Vec<_> = (0..20).map(holder).collect();
        for id in ledger.choose(holders.into_iter()) {
            let number = ids.iter().position(|other| *other == id).expect("one of them");
            ledger.settle(accounts[number]);
            accounts[number] = Account::default();
        }
        prop_assert!(!ledger.is_over());
    }
}
