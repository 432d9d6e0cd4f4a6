//! The mutex that the tables stand on: the platform's own, so that helgrind and other race
//! detectors see it (they know `pthread_mutex_lock`, and nothing of the futex inside
//! `std::sync::Mutex`).

#[cfg(unix)]
pub(crate) use posix::Lock;

#[cfg(not(unix))]
pub(crate) use portable::Lock;

#[cfg(unix)]
mod posix {
    use std::cell::UnsafeCell;
    use std::ops::{Deref, DerefMut};

    /// A value behind a POSIX mutex. It is never locked twice by one thread and lives as long as
    /// the program.
    pub(crate) struct Lock<T: 'static> {
        mutex: UnsafeCell<libc::pthread_mutex_t>,
        value: UnsafeCell<T>,
    }

    // SAFETY: the value is reached through `Held` alone, of which there is one at a time.
    unsafe impl<T: Send> Sync for Lock<T> {}

    /// The right to the value, until it is dropped.
    pub(crate) struct Held<T: 'static>(&'static Lock<T>);

    impl<T> Lock<T> {
        /// An unlocked value.
        pub(crate) const fn new(value: T) -> Lock<T> {
            Lock { mutex: UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER), value: UnsafeCell::new(value) }
        }

        /// Waits for the value.
        pub(crate) fn lock(&'static self) -> Held<T> {
            // SAFETY: the mutex is initialised, and `&'static self` keeps it in its place for ever.
            unsafe { libc::pthread_mutex_lock(self.mutex.get()) };
            Held(self)
        }

        /// Takes the value if nobody else has it.
        pub(crate) fn try_lock(&'static self) -> Option<Held<T>> {
            // SAFETY: as in `lock`.
            let taken = unsafe { libc::pthread_mutex_trylock(self.mutex.get()) } == 0;
            taken.then(|| Held(self))
        }
    }

    impl<T> Deref for Held<T> {
        type Target = T;
        fn deref(&self) -> &T {
            // SAFETY: this thread holds the mutex, so nobody else reaches the value.
            unsafe { &*self.0.value.get() }
        }
    }

    impl<T> DerefMut for Held<T> {
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: this thread holds the mutex, and `&mut self` is its only way to the value.
            unsafe { &mut *self.0.value.get() }
        }
    }

    impl<T> Drop for Held<T> {
        fn drop(&mut self) {
            // SAFETY: this thread locked the mutex when `self` was made.
            unsafe { libc::pthread_mutex_unlock(self.0.mutex.get()) };
        }
    }
}

#[cfg(not(unix))]
mod portable {
    use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

    /// A value behind the standard library's mutex. A panic is handled where it is caught, not
    /// here.
    pub(crate) struct Lock<T: 'static>(Mutex<T>);

    impl<T> Lock<T> {
        /// An unlocked value.
        pub(crate) const fn new(value: T) -> Lock<T> {
            Lock(Mutex::new(value))
        }

        /// Waits for the value.
        pub(crate) fn lock(&'static self) -> MutexGuard<'static, T> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner)
        }

        /// Takes the value if nobody else has it.
        pub(crate) fn try_lock(&'static self) -> Option<MutexGuard<'static, T>> {
            match self.0.try_lock() {
                Ok(held) => Some(held),
                Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
                Err(TryLockError::WouldBlock) => None,
            }
        }
    }
}
