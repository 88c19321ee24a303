//! What the clients do.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;
use socket2::SockRef;
use workbench::trace::{Record, excerpt};

use super::{DEADLINE, Run, events};
use crate::clients;
use crate::merge::Deed;
use crate::recording::CLIENT;
use crate::script::{Act, Buffers};

/// The port that stands for client A's; B's is the next.
const CLIENT_PORT: u16 = 50001;

impl Run {
    pub(super) fn act(&mut self, client: char, act: &Act) -> Result<()> {
        let mut deed = self.deed(client, act)?;
        self.heard.clear();
        let to = match act {
            Act::Connect(buffers) => Some((self.address, *buffers)),
            Act::ConnectToPage => self.page.map(|page| (page, Buffers::Usual)),
            _ => None,
        };
        if let Some((address, buffers)) = to {
            let stream = clients::connect(address, buffers)?;
            stream.set_read_timeout(Some(DEADLINE))?;
            stream.set_write_timeout(Some(DEADLINE))?;
            let address = stream.local_addr()?;
            deed.record
                .more
                .insert("address".into(), address.to_string().into());
            let port = CLIENT_PORT + u16::from(client as u8 - b'A');
            let fixed = SocketAddr::new(address.ip(), port);
            self.fixed.insert(address.to_string(), fixed.to_string());
            self.clients.insert(client, stream);
            self.deeds.push(deed);
            return Ok(());
        }
        let stream = self.clients.get(&client).context("it is not connected")?;
        match act {
            Act::Connect(_) | Act::ConnectToPage => {}
            Act::Send(bytes) => (&*stream).write_all(bytes)?,
            Act::Receive(expected) => {
                let mut got = vec![0; expected.len()];
                (&*stream).read_exact(&mut got)?;
                ensure!(
                    got == *expected,
                    "received \"{}\" instead",
                    got.escape_ascii()
                );
            }
            Act::Take(count) => (&*stream).read_exact(&mut vec![0; *count])?,
            Act::TakeAnswers(count) => {
                deed.record.bytes = Some(clients::take_answers(stream, *count)?);
            }
            Act::SeeEnd => {
                let more = (&*stream).read(&mut [0])?;
                ensure!(more == 0, "the stream goes on");
            }
            Act::Finish => stream.shutdown(Shutdown::Write)?,
            Act::Close => drop(self.clients.remove(&client)),
            Act::Reset => {
                SockRef::from(stream).set_linger(Some(Duration::ZERO))?;
                drop(self.clients.remove(&client));
            }
        }
        self.deeds.push(deed);
        Ok(())
    }

    /// The deed as it will stand in the recording: it begins now.
    fn deed(&self, client: char, act: &Act) -> Result<Deed> {
        let (event, bytes) = match act {
            Act::Connect(_) | Act::ConnectToPage => ("connect", None),
            Act::Send(bytes) => ("send", Some(bytes)),
            Act::Receive(bytes) => ("receive", Some(bytes)),
            Act::Take(_) | Act::TakeAnswers(_) => ("receive", None),
            Act::Finish => ("finish", None),
            Act::SeeEnd => ("end", None),
            Act::Close => ("close", None),
            Act::Reset => ("reset", None),
        };
        let count = match act {
            Act::Take(count) => Some(*count),
            _ => bytes.map(Vec::len),
        };
        let record = Record {
            thread: format!("client {client}"),
            event: event.into(),
            bytes: count.map(|count| count as u64),
            data: bytes.map(|bytes| excerpt(bytes)),
            more: [(CLIENT.to_owned(), Value::Bool(true))].into(),
            ..Record::default()
        };
        Ok(Deed {
            after: events(&self.trace)?.len(),
            at: Instant::now(),
            record,
        })
    }
}
