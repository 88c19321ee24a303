//! The engine: what is asked of Redis, and how a room lies in it.
//!
//! | key | what it holds |
//! | --- | --- |
//! | `ROOM:log` | the stream: entry `0-7` is the seventh |
//! | `ROOM:name` | which log this is: an engine that has lost it gets another one |
//! | `ROOM:epoch` | the last epoch that was given out |
//! | `ROOM:lease:EPOCH` | there for as long as that server renews it |
//! | `ROOM:snapshot` | a state of the room, and the entry after which it was so |

use std::time::Duration;

use redis::{Client, Connection, RedisError, RedisResult, Value};

use crate::{Command, Entry, State, Token};

/// How long a lease lasts without being renewed.
pub(super) const LEASE: Duration = Duration::from_millis(1500);

/// How long the engine may take to answer. A cable that was cut gives no answer at all.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long a read of the stream waits for the next entry.
const BLOCK: Duration = Duration::from_secs(1);

/// Entries of one read.
const BATCH: usize = 256;

/// Gives out an epoch, and appends the entry that opens it, in one step. In two, a server might open a
/// later epoch first, and then the earlier one would be refused.
const OPEN: &str = "
    local epoch = redis.call('INCR', KEYS[1])
    redis.call('SET', KEYS[3] .. epoch, 1, 'PX', ARGV[1])
    redis.call('XADD', KEYS[2], '0-*', 'entry', ARGV[2] .. epoch .. ARGV[3])
    return epoch";

/// Puts a snapshot in, unless there is a later one, and drops the entries before it.
const SNAPSHOT: &str = "
    local at = tonumber(redis.call('HGET', KEYS[1], 'position') or '0')
    if tonumber(ARGV[1]) <= at then return 0 end
    redis.call('HSET', KEYS[1], 'position', ARGV[1], 'state', ARGV[2])
    redis.call('XTRIM', KEYS[2], 'MINID', '0-' .. ARGV[1])
    return 1";

/// Where a room's log lies.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    client: Client,
    room: String,
}

/// A connection to it.
pub(super) struct Line {
    connection: Connection,
    room: String,
}

impl Engine {
    pub fn new(url: &str, room: &str) -> RedisResult<Self> {
        let (client, room) = (Client::open(url)?, room.to_owned());
        Ok(Self { client, room })
    }

    pub fn connect(&self) -> RedisResult<Line> {
        let connection = self.client.get_connection_with_timeout(PATIENCE)?;
        connection.set_read_timeout(Some(PATIENCE))?;
        connection.set_write_timeout(Some(PATIENCE))?;
        let room = self.room.clone();
        Ok(Line { connection, room })
    }
}

impl Line {
    fn key(&self, what: &str) -> String {
        format!("{}:{what}", self.room)
    }

    /// The log's name; `new` if it has none.
    pub fn name(&mut self, new: Token) -> RedisResult<String> {
        let key = self.key("name");
        redis::cmd("SET")
            .arg(&key)
            .arg(new.to_string())
            .arg("NX")
            .exec(&mut self.connection)?;
        redis::cmd("GET").arg(&key).query(&mut self.connection)
    }

    /// Opens an epoch that no other server has, with its lease: the log has them in their order.
    pub fn open(&mut self, nonce: Token) -> RedisResult<u64> {
        let (epoch, number, command) = (0, 0, Command::Open { nonce });
        let entry = Entry {
            epoch,
            number,
            command,
        };
        let text = serde_json::to_string(&entry).map_err(|error| invalid(&error))?;
        let (before, after) = text
            .split_once(":0")
            .ok_or_else(|| invalid(&"an entry begins with its epoch"))?;
        redis::cmd("EVAL")
            .arg(OPEN)
            .arg(3)
            .arg(self.key("epoch"))
            .arg(self.key("log"))
            .arg(self.key("lease:"))
            .arg(u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX))
            .arg(format!("{before}:"))
            .arg(after)
            .query(&mut self.connection)
    }

    /// Renews the lease of `own`; which of `others` have none any more.
    pub fn lease(&mut self, own: u64, others: &[u64]) -> RedisResult<Vec<u64>> {
        let mut pipe = redis::pipe();
        let lease = u64::try_from(LEASE.as_millis()).unwrap_or(u64::MAX);
        pipe.cmd("SET")
            .arg(self.key(&format!("lease:{own}")))
            .arg(1)
            .arg("PX")
            .arg(lease)
            .ignore();
        for other in others {
            pipe.cmd("EXISTS").arg(self.key(&format!("lease:{other}")));
        }
        let there: Vec<bool> = pipe.query(&mut self.connection)?;
        let expired = others.iter().zip(there).filter(|(_, there)| !there);
        Ok(expired.map(|(&epoch, _)| epoch).collect())
    }

    /// Appends entries, in their order.
    // ANCHOR: append
    pub fn append(&mut self, entries: &[Entry]) -> RedisResult<()> {
        let mut pipe = redis::pipe();
        for entry in entries {
            pipe.cmd("XADD")
                .arg(self.key("log"))
                .arg("0-*") // the place after the last: places have no gaps, and no clock
                .arg("entry")
                .arg(serde_json::to_string(entry).map_err(|error| invalid(&error))?)
                .ignore();
        }
        pipe.exec(&mut self.connection)
    }
    // ANCHOR_END: append

    /// The latest snapshot, and its place.
    pub fn snapshot(&mut self) -> RedisResult<Option<(u64, State)>> {
        let key = self.key("snapshot");
        let (position, state): (Option<u64>, Option<String>) = redis::cmd("HMGET")
            .arg(key)
            .arg(&["position", "state"])
            .query(&mut self.connection)?;
        let Some((position, state)) = position.zip(state) else {
            return Ok(None);
        };
        let state = serde_json::from_str(&state).map_err(|error| invalid(&error))?;
        Ok(Some((position, state)))
    }

    /// Puts a snapshot in.
    pub fn put_snapshot(&mut self, position: u64, state: &State) -> RedisResult<()> {
        redis::cmd("EVAL")
            .arg(SNAPSHOT)
            .arg(2)
            .arg(self.key("snapshot"))
            .arg(self.key("log"))
            .arg(position)
            .arg(serde_json::to_string(state).map_err(|error| invalid(&error))?)
            .exec(&mut self.connection)
    }

    /// The entry at this place, as it lies there.
    pub fn at(&mut self, position: u64) -> RedisResult<Option<String>> {
        let id = format!("0-{position}");
        let found: Entries = redis::cmd("XRANGE")
            .arg(self.key("log"))
            .arg(&id)
            .arg(&id)
            .query(&mut self.connection)?;
        let first = found.into_iter().next();
        Ok(first.and_then(|(_, fields)| fields.into_iter().nth(1)))
    }

    /// The entries after this place, as they lie there. Waits a second for one; then there are none.
    pub fn after(&mut self, position: u64) -> RedisResult<Vec<(u64, String)>> {
        let found: Option<Vec<(Value, Entries)>> = redis::cmd("XREAD")
            .arg("COUNT")
            .arg(BATCH)
            .arg("BLOCK")
            .arg(u64::try_from(BLOCK.as_millis()).unwrap_or(u64::MAX))
            .arg("STREAMS")
            .arg(self.key("log"))
            .arg(format!("0-{position}"))
            .query(&mut self.connection)?;
        let streams = found.into_iter().flatten();
        let entries = streams.flat_map(|(_, entries)| entries);
        let place = |(id, fields): (String, Vec<String>)| {
            let position = id.strip_prefix("0-").and_then(|digits| digits.parse().ok());
            let entry = fields.into_iter().nth(1);
            position
                .zip(entry)
                .ok_or_else(|| invalid(&format!("{id} is no entry of ours")))
        };
        entries.map(place).collect()
    }
}

/// Entries of a stream: an id, then names and values in turn.
type Entries = Vec<(String, Vec<String>)>;

/// Of what lies in the log, something isn't ours.
pub(super) fn invalid(why: &impl ToString) -> RedisError {
    let what = "the log holds what is no entry";
    (redis::ErrorKind::Parse, what, why.to_string()).into()
}
