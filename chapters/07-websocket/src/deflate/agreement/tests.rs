//! Negotiation as a table, and as a property of all that the grammar allows.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::grammar::{Malformed, extensions};
use super::{Agreement, Policy, Takeover, agree, agreed, offer};
use crate::deflate::Window;

fn answer(offers: &str) -> Option<String> {
    answer_by(offers, Policy::default())
}

fn answer_by(offers: &str, policy: Policy) -> Option<String> {
    let agreement = agree([offers.as_bytes()], policy).expect("a list");
    agreement.map(|agreement| agreement.answer())
}

#[track_caller]
fn expect(offers: &str, expected: &str) {
    assert_eq!(answer(offers).as_deref(), Some(expected), "to {offers}");
}

#[track_caller]
fn expect_declined(offers: &str) {
    assert_eq!(answer(offers), None, "to {offers}");
}

fn policy(server: u8, client: u8, takeover: Takeover) -> Policy {
    let window = |bits| Window::of(bits).expect("a window");
    Policy {
        server: window(server),
        client: window(client),
        takeover,
    }
}

#[test]
fn what_browsers_offer_is_accepted() {
    expect(
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate",
    );
    expect("permessage-deflate", "permessage-deflate");
}

#[test]
fn the_server_does_what_the_offer_asks_of_it_and_says_so() {
    for (offer, expected) in [
        ("server_no_context_takeover", "server_no_context_takeover"),
        ("client_no_context_takeover", "client_no_context_takeover"),
        ("server_max_window_bits=10", "server_max_window_bits=10"),
        ("server_max_window_bits=\"10\"", "server_max_window_bits=10"),
        ("client_max_window_bits=11", "client_max_window_bits=11"),
        (
            "client_max_window_bits=9; server_max_window_bits=9; client_no_context_takeover; server_no_context_takeover",
            "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9",
        ),
    ] {
        expect(
            &format!("permessage-deflate; {offer}"),
            &format!("permessage-deflate; {expected}"),
        );
    }
    expect(
        "permessage-deflate; server_max_window_bits=15",
        "permessage-deflate",
    );
}

#[test]
fn a_server_window_of_8_is_declined_and_the_next_offer_looked_at() {
    expect_declined("permessage-deflate; server_max_window_bits=8");
    expect(
        "permessage-deflate; server_max_window_bits=8, permessage-deflate",
        "permessage-deflate",
    );
}

#[test]
fn a_client_that_says_8_for_itself_can_be_understood() {
    expect(
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate",
    );
}

#[test]
fn the_first_offer_that_will_do_is_taken() {
    let two = "x-other, permessage-deflate; server_max_window_bits=12, permessage-deflate; server_max_window_bits=9";
    expect(two, "permessage-deflate; server_max_window_bits=12");
    let fields = [
        &b"x-other"[..],
        b"permessage-deflate; x=1",
        b"permessage-deflate",
    ];
    let agreement = agree(fields, Policy::default()).expect("a list");
    assert_eq!(
        agreement.map(|agreement| agreement.answer()).as_deref(),
        Some("permessage-deflate")
    );
}

#[test]
fn an_offer_with_what_is_not_allowed_is_declined() {
    for parameter in [
        "unknown",
        "server_no_context_takeover; server_no_context_takeover",
        "client_no_context_takeover; client_no_context_takeover",
        "server_max_window_bits=10; server_max_window_bits=10",
        "client_max_window_bits; client_max_window_bits",
        "client_max_window_bits; client_max_window_bits=10",
        "server_no_context_takeover=1",
        "client_no_context_takeover=true",
        "server_max_window_bits",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=09",
        "server_max_window_bits=+9",
        "server_max_window_bits=1e1",
        "client_max_window_bits=7",
        "client_max_window_bits=16",
        "client_max_window_bits=015",
        "Server_no_context_takeover",
    ] {
        expect_declined(&format!("permessage-deflate; {parameter}"));
    }
    for other in [
        "permessage-bzip2",
        "x-webkit-deflate-frame",
        "",
        ", ,",
        "deflate",
    ] {
        expect_declined(other);
    }
}

#[test]
fn a_list_that_breaks_the_grammar_is_malformed() {
    for list in [
        ";",
        "a;",
        "a;;b",
        "a; b=",
        "a; b=\"\"",
        "a; b=\"9",
        "a; b=\"9\\",
        "a; b=\"9 9\"",
        "a b",
        "a; b=1 c",
        "=",
        "a=1",
        "\"a\"",
        "a; \"b\"",
        "a; b=\"1\"2",
        "\u{fc}",
        "a; b=\"\\;\"",
        "a/b",
        "a; b==1",
        "permessage-deflate; server_max_window_bits=1,0;",
    ] {
        assert_eq!(extensions(list.as_bytes()), Err(Malformed), "{list}");
        let with_a_good_one = [&b"permessage-deflate"[..], list.as_bytes()];
        assert_eq!(
            agree(with_a_good_one, Policy::default()),
            Err(Malformed),
            "{list}"
        );
    }
}

#[test]
fn a_policy_without_takeover_is_answered_unasked() {
    let reset = policy(15, 15, Takeover::Reset);
    assert_eq!(
        answer_by("permessage-deflate; client_max_window_bits", reset).as_deref(),
        Some("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
    );
}

#[test]
fn a_client_that_does_not_name_its_window_is_not_told_of_one() {
    let narrow = policy(12, 10, Takeover::Kept);
    let narrowed = answer_by("permessage-deflate", narrow);
    assert_eq!(
        narrowed.as_deref(),
        Some("permessage-deflate; server_max_window_bits=12")
    );
    let named = answer_by("permessage-deflate; client_max_window_bits", narrow);
    let both = "permessage-deflate; server_max_window_bits=12; client_max_window_bits=10";
    assert_eq!(named.as_deref(), Some(both));
}

#[test]
fn a_client_fails_if_the_answer_is_not_one_to_its_offer() {
    let check = |answer: &str, policy: Policy| agreed([answer.as_bytes()], policy);
    let any = Policy::default();
    assert_eq!(check("", any), Ok(None));
    for answer in [
        "x-other",
        "permessage-deflate, permessage-deflate",
        "permessage-deflate, x-other",
        "permessage-deflate; unknown",
        "permessage-deflate; client_max_window_bits",
        "permessage-deflate; client_max_window_bits=8",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
        "permessage-deflate;",
    ] {
        assert_eq!(check(answer, any), Err(Malformed), "{answer}");
    }
    let narrow = policy(10, 15, Takeover::Reset);
    for answer in [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=10",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=11",
    ] {
        assert_eq!(check(answer, narrow), Err(Malformed), "{answer}");
    }
    let answer = "permessage-deflate; server_no_context_takeover; server_max_window_bits=8";
    let agreement = check(answer, narrow)
        .expect("an answer")
        .expect("an extension");
    assert_eq!(agreement.server.window, Window::SMALLEST);
    assert_eq!(agreement.client.takeover, Takeover::Reset);
}

/// A policy, as numbers.
fn policies() -> impl Strategy<Value = Policy> {
    (9..=15_u8, 9..=15_u8, any::<bool>()).prop_map(|(server, client, kept)| {
        policy(
            server,
            client,
            if kept {
                Takeover::Kept
            } else {
                Takeover::Reset
            },
        )
    })
}

/// A parameter, with a value or without, allowed or not.
fn parameters() -> impl Strategy<Value = (String, Option<String>)> {
    let names = prop::sample::select(vec![
        "server_no_context_takeover",
        "client_no_context_takeover",
        "server_max_window_bits",
        "client_max_window_bits",
        "x",
    ]);
    let values = prop::option::of("[789]|1[0-6]|0[89]|[a-z!#$~]{1,3}");
    (names, values).prop_map(|(name, value)| (name.to_owned(), value))
}

/// An extension as text: with white space, and quotes around values.
fn written(
    name: &str,
    parameters: &[(String, Option<String>)],
    space: &str,
    quotes: bool,
) -> String {
    let mut text = name.to_owned();
    for (name, value) in parameters {
        text.extend([space, ";", space, name]);
        match value {
            Some(value) if quotes => {
                let escaped: String = value.chars().flat_map(|sign| ['\\', sign]).collect();
                text.extend([space, "=", space, "\"", &escaped, "\""]);
            }
            Some(value) => text.extend([space, "=", space, value]),
            None => {}
        }
    }
    text
}

proptest! {
    #[test]
    fn whatever_the_grammar_allows_is_read_as_it_was_meant(
        list in vec(("[a-z-]{1,8}", vec(parameters(), 0..4), "[ \t]{0,2}", any::<bool>()), 0..4),
        comma in "[ \t]{0,2}(,[ \t]{0,2}){1,3}",
    ) {
        let texts: Vec<_> = list.iter().map(|(name, parameters, space, quotes)| written(name, parameters, space, *quotes)).collect();
        let read = extensions(texts.join(&comma).as_bytes()).expect("a list");
        let read: Vec<_> = read.into_iter().map(|read| (read.name, read.parameters)).collect();
        let meant: Vec<_> = list.into_iter().map(|(name, parameters, ..)| (name, parameters)).collect();
        prop_assert_eq!(read, meant);
    }

    #[test]
    fn no_bytes_whatever_bring_the_negotiation_down(bytes: Vec<u8>, deflate: bool, policy in policies()) {
        let mut value = if deflate { b"permessage-deflate;".to_vec() } else { Vec::new() };
        value.extend(bytes);
        let _ = agree([&value[..]], policy);
        let _ = agreed([&value[..]], policy);
    }

    /// The answer is one to the offer, for whoever has made that.
    #[test]
    fn what_a_server_answers_a_client_agrees_with(client in policies(), server in policies()) {
        let agreement = agree([offer(client).as_bytes()], server).expect("a list").expect("an agreement");
        let understood = agreed([agreement.answer().as_bytes()], client).expect("an answer");
        prop_assert_eq!(understood, Some(agreement));
    }

    #[test]
    fn a_server_agrees_to_no_more_than_was_offered(all in vec(parameters(), 0..4), policy in policies()) {
        let text = written("permessage-deflate", &all, " ", false);
        let has = |name: &str| all.iter().find(|(known, _)| known == name);
        let number = |name: &str| has(name).and_then(|(_, value)| value.as_deref()?.parse::<u8>().ok());
        let agreement = agree([text.as_bytes()], policy).expect("a list");
        let Some(Agreement { server, client }) = agreement else { return Ok(()) };
        prop_assert!(has("x").is_none());
        prop_assert!(server.window <= policy.server);
        if let Some(bits) = number("server_max_window_bits") {
            prop_assert!(server.window.bits() <= bits);
        }
        if has("client_max_window_bits").is_none() {
            prop_assert_eq!(client.window, Window::LARGEST);
        }
        if has("server_no_context_takeover").is_some() {
            prop_assert_eq!(server.takeover, Takeover::Reset);
        }
        if has("client_no_context_takeover").is_some() {
            prop_assert_eq!(client.takeover, Takeover::Reset);
        }
    }
}
