//! Two stories of one run, the server's and the clients', in one order.

use std::collections::BTreeMap;
use std::time::Instant;

use workbench::trace::Record;

/// What a client did.
#[derive(Debug)]
pub struct Deed {
    /// How many of the server's events came before it.
    pub after: usize,
    pub at: Instant,
    pub record: Record,
}

/// Puts each deed after the events that it followed, and replaces the addresses in `fixed`.
///
/// The two sides' clocks began at different times. But a deed came before the next thing that the
/// server said: so the clients' clock is at most that far behind the server's.
pub fn merge(said: Vec<Record>, deeds: &[Deed], fixed: &BTreeMap<String, String>) -> Vec<Record> {
    let began = deeds.first().map_or_else(Instant::now, |deed| deed.at);
    let elapsed = |deed: &Deed| signed(deed.at.duration_since(began).as_micros());
    let distances = deeds.iter().filter_map(|deed| {
        let next = said.get(deed.after)?;
        Some(signed(next.t.into()) - elapsed(deed))
    });
    let shift = distances.min().unwrap_or(0);
    let mut events: Vec<Record> = Vec::new();
    let mut said = said.into_iter().enumerate().peekable();
    for deed in deeds {
        while let Some((_, event)) = said.next_if(|(index, _)| *index < deed.after) {
            events.push(event);
        }
        let earliest = events.last().map_or(0, |event| event.t);
        let t = u64::try_from(elapsed(deed) + shift)
            .unwrap_or(0)
            .max(earliest);
        events.push(Record {
            t,
            ..deed.record.clone()
        });
    }
    events.extend(said.map(|(_, event)| event));
    for value in events.iter_mut().flat_map(|event| event.more.values_mut()) {
        if let Some(known) = value.as_str().and_then(|text| fixed.get(text)) {
            *value = known.clone().into();
        }
    }
    events
}

fn signed(micros: u128) -> i64 {
    i64::try_from(micros).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn event(t: u64, name: &str) -> Record {
        Record {
            t,
            event: name.into(),
            ..Record::default()
        }
    }

    #[test]
    fn a_deed_stands_before_what_it_caused_and_in_time() {
        let began = Instant::now();
        let deed = |after, micros, name| Deed {
            after,
            at: began + Duration::from_micros(micros),
            record: event(0, name),
        };
        let said = vec![event(100, "wait"), event(250, "accept"), event(400, "read")];
        let deeds = [
            deed(1, 0, "connect"),
            deed(2, 200, "send"),
            deed(3, 210, "receive"),
        ];
        let merged = merge(said, &deeds, &BTreeMap::new());
        let story: Vec<(u64, &str)> = merged
            .iter()
            .map(|event| (event.t, event.event.as_str()))
            .collect();
        // The connect can have been at 250 at the latest, the send at 400: at most 200 behind.
        assert_eq!(
            story,
            [
                (100, "wait"),
                (200, "connect"),
                (250, "accept"),
                (400, "send"),
                (400, "read"),
                (410, "receive")
            ]
        );
    }

    #[test]
    fn an_address_is_replaced_by_its_fixed_one() {
        let mut accept = event(1, "accept");
        accept.more.insert("peer".into(), "127.0.0.1:43210".into());
        let fixed = [("127.0.0.1:43210".to_owned(), "127.0.0.1:50001".to_owned())].into();
        assert_eq!(
            merge(vec![accept], &[], &fixed)[0].more["peer"],
            "127.0.0.1:50001"
        );
    }
}
