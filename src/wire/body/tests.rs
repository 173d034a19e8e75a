use http_body::Body as _;

use super::*;

/// Frames that are ready immediately, followed by the end of the body, or by nothing if `endless`.
struct Frames {
    frames: Vec<&'static [u8]>,
    endless: bool,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = tonic::Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, tonic::Status>>> {
        if !self.frames.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(
                self.frames.remove(0),
            )))));
        }
        if self.endless {
            Poll::Pending
        } else {
            Poll::Ready(None)
        }
    }
}

fn take(frames: &[&'static [u8]], endless: bool) -> Outgoing {
    let mut outgoing = Outgoing::new(tonic::body::Body::new(Frames {
        frames: frames.to_vec(),
        endless,
    }));
    outgoing.read_ready();
    outgoing
}

fn collect(mut body: tonic::body::Body) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    loop {
        match Pin::new(&mut body).poll_frame(&mut context) {
            Poll::Ready(Some(frame)) => bytes.extend(frame.unwrap().into_data().unwrap()),
            Poll::Ready(None) => return (bytes, true),
            Poll::Pending => return (bytes, false),
        }
    }
}

#[test]
fn a_whole_body_can_be_sent_again_without_copying() {
    for frames in [&[b"one".as_slice()][..], &[b"one", b"two", b"three"], &[]] {
        let body = take(frames, false);
        assert!(body.pieces().eq(frames));
        let expected = (frames.concat(), true);
        assert_eq!(collect(body.try_clone().unwrap()), expected);
        assert_eq!(collect(body.into_body()), expected);
    }
}

#[test]
fn a_body_that_is_not_complete_is_sent_once() {
    let body = take(&[b"one"], true);
    assert!(body.try_clone().is_none());
    assert_eq!(collect(body.into_body()), (b"one".to_vec(), false));
}

#[test]
fn frames_that_are_not_read_in_advance_arrive_in_order() {
    let letters = b"abcdefghijklmnopqrstuvwxyz".as_slice();
    let frames: Vec<&'static [u8]> = letters.chunks(1).cycle().take(2 * MAX_FRAMES).collect();
    let body = take(&frames, false);
    assert!(body.try_clone().is_none());
    assert_eq!(collect(body.into_body()), (frames.concat(), true));
}

#[test]
fn frames_of_an_answer_read_in_advance_are_returned() {
    let mut body = Box::pin(Replay::new(Frames {
        frames: vec![b"one", b"two", b"three"],
        endless: false,
    }));
    let mut context = Context::from_waker(Waker::noop());
    for expected in [b"one".as_slice(), b"two"] {
        let Poll::Ready(Some(seen)) = body.as_mut().poll_ahead(&mut context) else {
            panic!("no frame")
        };
        assert_eq!(seen, expected);
    }
    let mut bytes = Vec::new();
    while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut context) {
        bytes.extend(frame.unwrap().into_data().unwrap());
    }
    assert_eq!(bytes, b"onetwothree");
    assert!(body.is_end_stream() || body.as_mut().poll_frame(&mut context).is_ready());
}

#[test]
fn what_follows_the_message_of_an_answer_is_dropped() {
    let whole = b"\0\0\0\0\x03one".as_slice();
    for frames in [vec![whole], vec![&whole[..2], &whole[2..6], &whole[6..]]] {
        let more = std::iter::repeat_n(whole, 50);
        let mut body = Box::pin(Replay::new(Frames {
            frames: frames.into_iter().chain(more).collect(),
            endless: false,
        }));
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(_)) = body.as_mut().poll_ahead(&mut context) {}
        let mut bytes = Vec::new();
        while let Poll::Ready(Some(frame)) = body.as_mut().poll_frame(&mut context) {
            bytes.extend(frame.unwrap().into_data().unwrap());
        }
        assert_eq!(bytes, whole);
    }
}
