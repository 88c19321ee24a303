//! The server: a site, and what its workers have done.

use std::io;
use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use http::{Files, Hosts, Http, Limits, Outcome, Patience, Site};
use nix::sys::epoll::EpollFlags;
use nix::sys::signalfd::SignalFd;
use reactor::{Buffer, Closed, ConnId, Handler, Io, Origin, Waker, WatchId, network};

use crate::app::{App, Tag};
use crate::form::FORM;
use crate::hands::Hands;
use crate::session::seconds_now;
use crate::store::{Store, StoreError};
use crate::{Accounts, Done, Front, Job, Log, Pacing, Pool, Sessions, Sqlite, documented, routes};

/// What a server is made of.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The directory of the files that are for everybody.
    pub files: PathBuf,
    /// The database.
    pub database: PathBuf,
    /// Threads that hash passwords and wait for the database. With none, the loop does it, and serves
    /// nobody meanwhile.
    pub workers: usize,
    /// Jobs that may wait for them.
    pub queue: usize,
    /// Attempts at once from one address on one name.
    pub attempts: u32,
    /// How long a client waits for its job. Then: 503.
    pub answer: Duration,
    /// Where requests come from.
    pub front: Front,
    /// By which names it is asked for.
    pub hosts: Hosts,
    /// The access log.
    pub log: Option<PathBuf>,
    /// Whether pages and routes are those of the documents.
    pub as_documented: bool,
}

impl Settings {
    /// As many workers as leave one core to the loop, and at least one.
    #[must_use]
    pub fn usual_workers() -> usize {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        (cores - 1).max(1)
    }

    fn connect(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(Sqlite::open(&self.database)?))
    }
}

/// The handler of all connections.
#[derive(Debug)]
pub struct Server {
    site: Site<App>,
    /// SIGHUP, as a descriptor, until it is watched.
    hangup: Option<SignalFd>,
    /// The same, once it is.
    watch: Option<WatchId>,
}

impl Server {
    /// A server for the reactor that `waker` wakes. `hangup` is SIGHUP, which has to be blocked.
    ///
    /// # Errors
    /// If its directory, its database or its log can't be opened, or no thread can be started.
    pub fn new(
        settings: &Settings,
        waker: Waker,
        hangup: Option<SignalFd>,
        files: usize,
    ) -> io::Result<Self> {
        let failed = |error: StoreError| {
            let file = settings.database.display();
            io::Error::other(format!("the database {file} can't be used: {error}"))
        };
        let mut sessions = Sessions::default();
        let mut store = settings.connect().map_err(failed)?;
        for (key, session) in store.sessions(seconds_now()).map_err(failed)? {
            sessions.insert(key, session);
        }
        drop(store);
        waker.wake(); // for the watch on SIGHUP: only a callback can begin one
        let hands = if settings.workers == 0 {
            let connection = settings.connect().map_err(failed)?;
            Hands::Loop(Box::new(Accounts::new(connection)))
        } else {
            Hands::Pool(start_pool(settings, waker)?)
        };
        let log = settings.log.clone().map(|file| {
            Log::open(file.clone()).map_err(|error| {
                io::Error::other(format!(
                    "the log {} can't be opened: {error}",
                    file.display()
                ))
            })
        });
        let pacing = Pacing::new(settings.attempts);
        let app = App::new(
            hands,
            sessions,
            pacing,
            settings.front.clone(),
            log.transpose()?,
        );
        let routes = if settings.as_documented {
            documented::routes()
        } else {
            routes::routes()
        };
        let files = Files::open(&settings.files)?.keeping(files);
        let mut site = Site::new(files, routes, app);
        site.hosts = settings.hosts.clone();
        site.on_answer = settings.log.is_some().then_some(App::answered);
        site.limits = Limits {
            body: FORM,
            ..Limits::default()
        };
        site.patience = Patience {
            answer: settings.answer,
            ..Patience::default()
        };
        Ok(Self {
            site,
            hangup,
            watch: None,
        })
    }
}

// ANCHOR: pool
/// The workers, each with a connection of its own.
fn start_pool(settings: &Settings, waker: Waker) -> io::Result<Pool<Tag, Job, Done>> {
    let own = settings.clone();
    let connect = move || {
        let mut accounts = Accounts::new(own.connect().map_err(io::Error::other)?);
        Ok(move |job| accounts.work(job))
    };
    let wake = move || waker.wake();
    Pool::new(settings.workers, settings.queue, wake, connect)
}
// ANCHOR_END: pool

impl Handler for Server {
    type Session = Http;

    fn on_open(&mut self, io: &mut Io, id: ConnId, _: Origin) -> Http {
        Http::open(io, id, &self.site)
    }

    fn on_data(&mut self, io: &mut Io, id: ConnId, session: &mut Http, input: &mut Buffer) {
        match session.on_data(io, id, &mut self.site, input) {
            Outcome::More => {}
        }
    }

    fn on_end(&mut self, io: &mut Io, id: ConnId, session: &mut Http, _: &mut Buffer) {
        session.on_end(io, id);
    }

    fn on_timer(&mut self, io: &mut Io, id: ConnId, session: &mut Http, key: u8) {
        match session.on_timer(io, id, &mut self.site, key) {
            Outcome::More => {}
        }
    }

    fn on_stop(&mut self, io: &mut Io, id: ConnId, session: &mut Http) {
        session.on_stop(io, id, &mut self.site);
    }

    fn on_over_limit(&mut self, io: &mut Io, id: ConnId, session: &mut Http) {
        session.on_over_limit(io, id, &mut self.site);
    }

    /// Behind a proxy, the client that it names.
    fn payer(&self, io: &Io, id: ConnId, session: &Http) -> Option<IpAddr> {
        let peer = io.peer(id);
        match session.outstanding() {
            Some(head) => Some(network(self.site.state.front.address(peer, head.fields))),
            None => peer.map(|peer| network(peer.ip())),
        }
    }

    fn on_close(&mut self, _: &mut Io, id: ConnId, _: Http, _: Closed) {
        self.site.state.leave(id);
    }

    /// A worker has done something, or the server has begun.
    fn on_wake(&mut self, io: &mut Io) {
        self.site.state.receive(io);
        if let Some(hangup) = self.hangup.take() {
            self.watch = io.watch(hangup.into(), EpollFlags::EPOLLIN).ok();
        }
    }

    /// SIGHUP: the log's file was renamed, and a new one is to be made.
    fn on_ready(&mut self, io: &mut Io, watch: WatchId, _: EpollFlags) {
        let Some(descriptor) = io.watched(watch) else {
            return;
        };
        let mut taken = [0; 128]; // a `signalfd_siginfo`: unread, it would keep the descriptor ready
        let _ = nix::unistd::read(descriptor, &mut taken);
        if let Some(log) = &self.site.state.log {
            log.reopen();
        }
    }
}
