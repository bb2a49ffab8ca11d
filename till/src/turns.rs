//! [`Turns`]: one thing that people at the counter and work in the background share. Whoever stands at the counter
//! comes first; the background is told that somebody waits, and waits itself until nobody does.

use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Something that is used in turns.
#[derive(Debug, Default)]
pub struct Turns<T> {
    inner: Mutex<T>,
    waiting: Waiting,
}

/// How many wait at the counter, and who is told when nobody does any more.
#[derive(Debug, Default)]
struct Waiting {
    count: Mutex<usize>,
    nobody: Condvar,
}

/// One turn, until it is dropped.
#[derive(Debug)]
pub struct Turn<'inner, T> {
    inner: MutexGuard<'inner, T>,
}

impl<T> Turns<T> {
    /// Something that nobody uses yet.
    pub fn new(inner: T) -> Turns<T> {
        Turns { inner: Mutex::new(inner), waiting: Waiting::default() }
    }

    /// The next turn, for somebody at the counter. A panic in an earlier one is no reason to refuse it: a transaction
    /// that it began was rolled back.
    pub fn lock(&self) -> Turn<'_, T> {
        self.waiting.add();
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.take_off();
        Turn { inner }
    }

    /// A turn for the background, once nobody at the counter waits for one.
    pub fn lock_behind(&self) -> Turn<'_, T> {
        loop {
            self.waiting.until_nobody();
            let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.is_awaited() {
                return Turn { inner };
            }
        }
    }

    /// Whether somebody at the counter waits for a turn: whoever has one in the background ends it soon.
    pub fn is_awaited(&self) -> bool {
        *self.waiting.count() > 0
    }

    /// What was shared.
    pub fn into_inner(self) -> T {
        self.inner.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self) {
        *self.count() += 1;
    }

    fn take_off(&self) {
        let mut count = self.count();
        *count -= 1;
        if *count == 0 {
            self.nobody.notify_all();
        }
    }

    fn until_nobody(&self) {
        let waited = self.nobody.wait_while(self.count(), |count| *count > 0);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl<T> Deref for Turn<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.inner
    }
}

impl<T> DerefMut for Turn<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.inner
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc::channel;

    use super::*;

    /// Whoever waits at the counter is seen by the background, and is served before it.
    #[test]
    fn the_counter_comes_first() {
        let order = Arc::new(Turns::new(Vec::new()));
        let background = order.lock_behind();
        assert!(!order.is_awaited(), "nobody is there yet");
        let (counter, served) = (order.clone(), channel());
        let cashier = std::thread::spawn(move || {
            counter.lock().push("counter");
            served.0.send(()).unwrap();
        });
        while !order.is_awaited() {
            std::thread::yield_now();
        }
        drop(background);
        order.lock_behind().push("background");
        served.1.recv().unwrap();
        cashier.join().unwrap();
        assert_eq!(*order.lock(), ["counter", "background"]);
    }

    #[test]
    fn a_turn_that_panicked_is_over() {
        let count = Arc::new(Turns::new(1));
        let panicking = count.clone();
        let panicked = std::thread::spawn(move || {
            let _turn = panicking.lock();
            panic!("a command failed");
        });
        assert!(panicked.join().is_err());
        *count.lock_behind() += 1;
        assert_eq!(*count.lock(), 2);
        assert!(!count.is_awaited());
    }
}
