//! A TCP port of this computer that can be unplugged and plugged in again under the same number.
//! For simulators.

use std::io;
use std::net::{Ipv4Addr, TcpListener};

use super::Address;
use super::tcp::Tcp;

pub(crate) struct Socket {
    port: u16,
    listener: Option<TcpListener>,
    /// Keeps the number while nobody listens: what is let go of may be given to anybody at once.
    #[cfg(target_os = "linux")]
    _number: socket2::Socket,
}

impl Socket {
    /// Listens; 0 takes any free port.
    pub(crate) fn open(port: u16) -> io::Result<Socket> {
        #[cfg(target_os = "linux")]
        let (number, port) = keep(port)?;
        let listener = listen(port)?;
        let port = listener.local_addr()?.port();
        Ok(Socket {
            port,
            listener: Some(listener),
            #[cfg(target_os = "linux")]
            _number: number,
        })
    }

    pub(crate) fn address(&self) -> Address {
        Address::Tcp { host: Ipv4Addr::LOCALHOST.to_string(), port: self.port }
    }

    /// Somebody who called; none as long as nobody did, and while it is unplugged.
    pub(crate) fn accept(&self) -> Option<Tcp> {
        let listener = self.listener.as_ref()?;
        let (stream, _) = listener.accept().ok()?;
        stream.set_nonblocking(false).ok()?;
        Some(Tcp::from(stream))
    }

    pub(crate) fn plug_in(&mut self) -> io::Result<()> {
        if self.listener.is_none() {
            self.listener = Some(listen(self.port)?);
        }
        Ok(())
    }

    /// From now on connections are refused.
    pub(crate) fn unplug(&mut self) {
        self.listener = None;
    }
}

fn listen(port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Linux lets another socket listen on a port that one only has; elsewhere it would be in the way.
#[cfg(target_os = "linux")]
fn keep(port: u16) -> io::Result<(socket2::Socket, u16)> {
    use socket2::{Domain, Type};
    use std::net::SocketAddrV4;

    let number = socket2::Socket::new(Domain::IPV4, Type::STREAM, None)?;
    number.set_reuse_address(true)?;
    number.bind(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, port).into())?;
    let taken = number.local_addr()?.as_socket_ipv4().ok_or(io::ErrorKind::AddrNotAvailable)?;
    Ok((number, taken.port()))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    fn calls(socket: &Socket) -> io::Result<TcpStream> {
        TcpStream::connect((Ipv4Addr::LOCALHOST, socket.port))
    }

    #[test]
    fn who_calls_is_refused_while_it_is_unplugged() {
        let mut socket = Socket::open(0).unwrap();
        assert!(socket.accept().is_none(), "nobody has called");
        let _line = calls(&socket).unwrap();
        while socket.accept().is_none() {
            std::thread::yield_now();
        }
        for _ in 0..2 {
            socket.unplug();
            assert_eq!(calls(&socket).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
            assert!(socket.accept().is_none());
            socket.plug_in().unwrap();
            calls(&socket).unwrap();
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nobody_else_is_given_its_number_meanwhile() {
        let mut socket = Socket::open(0).unwrap();
        socket.unplug();
        let other = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
        let there = std::net::SocketAddrV4::new(Ipv4Addr::LOCALHOST, socket.port).into();
        let taken = other.unwrap().bind(&there).unwrap_err();
        assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
        socket.plug_in().unwrap();
        calls(&socket).unwrap();
    }
}
