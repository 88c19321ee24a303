//! The terminal client: what is said in the room above, what one types below.
