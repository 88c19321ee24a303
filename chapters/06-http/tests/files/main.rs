//! Files as a client gets them: from the path it asks for to the bytes that go out.

mod conditions;
mod directories;
mod kinds;
mod own_site;
mod paths;
mod ranges;
mod site;
mod versions;
