//! The engine goes, and comes back.

use crate::Lab;
use crate::page::Page;
use crate::web;

#[test]
fn what_was_said_while_the_engine_was_away_is_said_once_when_it_is_back() {
    let Some(mut lab) = Lab::new("engine away", 2) else {
        return;
    };
    let mut alice = Page::new(web(&lab.servers[0]));
    let mut bob = Page::new(web(&lab.servers[1]));
    alice.say("before");
    alice.until("its line is heard", Page::is_heard);
    lab.engine.kill();
    let is_away = |page: &Page| page.told.iter().any(|one| tells(one, "can't be reached"));
    alice.until("the word that it is away", is_away);
    alice.say("meanwhile");
    lab.engine.restart();
    alice.until("its line is heard", Page::is_heard);
    alice.say("after");
    bob.until("three lines", |page| page.said.len() == 3);
    let texts: Vec<_> = bob.said.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(
        texts,
        ["guest-1: before", "guest-1: meanwhile", "guest-1: after"]
    );
}

#[test]
fn an_engine_that_comes_back_empty_is_noticed_and_said() {
    let Some(mut lab) = Lab::new("engine empty", 1) else {
        return;
    };
    let mut alice = Page::new(web(&lab.servers[0]));
    alice.say("before");
    alice.until("its line is heard", Page::is_heard);
    lab.engine.kill();
    lab.engine.restart_empty();
    let is_told = |page: &Page| page.told.iter().any(|one| tells(one, "log was lost"));
    alice.until("the word that this is another room", is_told);
    alice.until("the end", |page| !page.is_connected());
    alice.connect(web(&lab.servers[0]));
    assert_eq!(alice.said, []);
    alice.say("again");
    alice.until("its line is heard", Page::is_heard);
}

fn tells(object: &serde_json::Value, words: &str) -> bool {
    object["kind"] == "notice"
        && object["text"]
            .as_str()
            .is_some_and(|text| text.contains(words))
}
