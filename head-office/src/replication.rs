//! Sessions with tills.
