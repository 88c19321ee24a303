//! What the routes share: who does the jobs, those who wait for it, and the sessions.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use http::{Answered, Call, Occasion, Reply, Response, Status};
use reactor::{ConnId, Io};

use crate::desk::{Desk, Ticket};
use crate::hands::Hands;
use crate::log::line;
use crate::session::{Seconds, seconds_now};
use crate::{
    Done, Front, Full, Job, Key, Log, Lost, Name, Pacing, Session, Sessions, StoreError, pages,
};

/// What a job is known by. Some have nobody who waits.
pub(crate) type Tag = Option<Ticket<ConnId>>;

/// What the routes share.
#[derive(Debug)]
pub struct App {
    pub(crate) hands: Hands,
    pub(crate) sessions: Sessions,
    pub(crate) pacing: Pacing,
    pub(crate) front: Front,
    pub(crate) log: Option<Log>,
    desk: Desk<ConnId, Result<Done, Lost>>,
}

impl App {
    pub(crate) fn new(
        hands: Hands,
        sessions: Sessions,
        pacing: Pacing,
        front: Front,
        log: Option<Log>,
    ) -> Self {
        let desk = Desk::new();
        Self {
            hands,
            sessions,
            pacing,
            front,
            log,
            desk,
        }
    }

    // ANCHOR: ask
    /// A route that has work done: `job` says what, and `answer` what to say to what has come of it.
    pub(crate) fn ask(
        &mut self,
        call: &mut Call<'_>,
        job: impl FnOnce(&mut Self, &mut Call<'_>) -> Result<Job, Response>,
        answer: impl FnOnce(&mut Self, &mut Call<'_>, Done) -> Response,
    ) -> Reply {
        if call.occasion == Occasion::Request {
            let job = job(self, call);
            if let Err(refusal) = job.and_then(|job| self.submit(call.id, job)) {
                return refusal.into();
            }
        }
        match self.desk.collect(call.id) {
            None => Reply::Later, // it isn't done, whatever the route was asked for
            Some(Ok(Done::Failed(error))) => failure(&error).into(),
            Some(Ok(done)) => answer(self, call, done).into(),
            Some(Err(Lost)) => {
                let why = "The server failed at this. Others are served.";
                pages::error(Status::INTERNAL_SERVER_ERROR, why).into()
            }
        }
    }

    fn submit(&mut self, id: ConnId, job: Job) -> Result<(), Response> {
        let ticket = self.desk.wait(id);
        match self.hands.submit(Some(ticket), job) {
            Ok(None) => Ok(()), // later
            Ok(Some(done)) => {
                self.note(&done);
                self.desk.hand_in(ticket, Ok(done));
                Ok(())
            }
            Err(Full(_)) => {
                self.desk.leave(id);
                let why = "Too many wait before you. Try again in a moment.";
                Err(pages::error(Status::SERVICE_UNAVAILABLE, why).field("Retry-After", "1"))
            }
        }
    }
    // ANCHOR_END: ask

    // ANCHOR: receive
    /// Takes what the workers have done, and has those who wait for it asked again.
    pub(crate) fn receive(&mut self, io: &mut Io) {
        for (tag, result) in self.hands.results() {
            if let Ok(done) = &result {
                self.note(done); // even if its client has left
            }
            if let Some(id) = tag.and_then(|ticket| self.desk.hand_in(ticket, result)) {
                io.resume(id);
            }
        }
    }
    // ANCHOR_END: receive

    /// What the database has by now, the copy has, too.
    fn note(&mut self, done: &Done) {
        match done {
            Done::LoggedIn {
                token,
                session,
                former,
            } => {
                if let Some(former) = former {
                    self.sessions.remove(former);
                }
                self.sessions.insert(token.key(), session.clone());
            }
            Done::LoggedOut { key } => self.sessions.remove(key),
            Done::PasswordChanged { token, session } => {
                self.sessions.password_changed(session.user, session.epoch);
                self.sessions.insert(token.key(), session.clone());
            }
            Done::Failed(error) => eprintln!("error: {error}"),
            Done::Registered | Done::NameTaken | Done::WrongPassword | Done::Touched => {}
        }
    }

    /// The connection is gone.
    pub(crate) fn leave(&mut self, id: ConnId) {
        self.desk.leave(id);
    }

    /// The session that the request belongs to.
    pub(crate) fn session(&mut self, call: &Call<'_>) -> Option<(Key, Session)> {
        let now = seconds_now();
        let key = self.front.key(call.head.fields)?;
        let session = self.sessions.get_mut(&key, now)?;
        if now - session.seen >= Session::TOUCH {
            // If the queue is full, the next request will try again.
            let touch = Job::Touch { key, seen: now };
            if self.hands.submit(None, touch).is_ok() {
                session.seen = now;
            }
        }
        Some((key, session.clone()))
    }

    /// Whether this request may try a password, or add a user: from now on that counts.
    pub(crate) fn attempt(
        &mut self,
        call: &mut Call<'_>,
        name: Option<&Name>,
    ) -> Result<(), Response> {
        let (address, now) = (self.address(call), call.io.now());
        let wait = self.pacing.wait(address, name, now);
        if wait.is_zero() {
            self.pacing.spend(address, name, now);
            return Ok(());
        }
        Err(too_fast(wait))
    }

    /// The attempt was right.
    pub(crate) fn succeeded(&mut self, call: &mut Call<'_>, name: &Name) {
        let (address, now) = (self.address(call), call.io.now());
        self.pacing.succeeded(address, name, now);
    }

    fn address(&self, call: &Call<'_>) -> IpAddr {
        self.front.address(call.io.peer(call.id), call.head.fields)
    }

    /// Whether another session can be kept.
    pub(crate) fn has_room(&mut self, now: Seconds) -> Result<(), Response> {
        if self.sessions.has_room(now) {
            return Ok(());
        }
        let why = "Too many users are logged in. Try again later.";
        Err(pages::error(Status::SERVICE_UNAVAILABLE, why).field("Retry-After", "600"))
    }

    /// Writes an answer into the access log.
    pub(crate) fn answered(&mut self, answered: &Answered<'_>) {
        let Some(log) = &self.log else {
            return;
        };
        let address = match answered.head {
            Some(head) => self.front.address(answered.peer, head.fields),
            None => answered.peer.map_or([0; 4].into(), |peer| peer.ip()),
        };
        let Answered {
            head,
            status,
            bytes,
            ..
        } = answered;
        log.add(line(
            address,
            head.as_ref(),
            *status,
            *bytes,
            SystemTime::now(),
        ));
    }
}

fn too_fast(wait: Duration) -> Response {
    let seconds = wait.as_secs() + 1;
    let why = format!("There were too many attempts. Try again in {seconds} seconds.");
    pages::error(Status::TOO_MANY_REQUESTS, &why).field("Retry-After", seconds.to_string())
}

/// What the database couldn't do. That it says is for whoever runs the server: the client is told
/// what that means for it.
fn failure(error: &StoreError) -> Response {
    match error {
        StoreError::Busy => {
            let why =
                "The users' database is busy, and nothing was changed. Try again in a moment.";
            pages::error(Status::SERVICE_UNAVAILABLE, why).field("Retry-After", "5")
        }
        StoreError::DiskFull => {
            let why = "The disk of the users' database is full, and nothing was changed.";
            pages::error(Status::SERVICE_UNAVAILABLE, why)
        }
        StoreError::Other(_) => {
            let why = "The users' database has failed, and nothing was changed.";
            pages::error(Status::INTERNAL_SERVER_ERROR, why)
        }
    }
}
