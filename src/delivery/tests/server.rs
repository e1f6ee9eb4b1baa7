//! Small servers on free ports of this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

/// A server and what it was sent.
pub(super) struct Server {
    pub(super) port: u16,
    received: Receiver<String>,
}

impl Server {
    fn new(mut answer: impl FnMut(TcpStream, &Sender<String>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, received) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                answer(stream.unwrap(), &sender);
            }
        });
        Server { port, received }
    }

    /// Accepts, and never answers.
    pub(super) fn that_hangs() -> Self {
        let mut kept = Vec::new();
        Server::new(move |stream, _| kept.push(stream))
    }

    /// Accepts, and hangs up.
    pub(super) fn that_hangs_up() -> Self {
        Server::new(|stream, _| drop(stream))
    }

    /// Answers one HTTP request after the other with these (status and headers), the last for ever.
    pub(super) fn http(answers: &[&str]) -> Self {
        let mut answers: Vec<String> = answers.iter().rev().map(|a| (*a).to_owned()).collect();
        Server::new(move |mut stream, sender| {
            let request = request(&mut stream);
            let answer = match answers.len() {
                1 => answers[0].clone(),
                _ => answers.pop().unwrap(),
            };
            sender.send(request).ok();
            let (head, body) = answer.split_once("\n\n").unwrap_or((&answer, ""));
            let head = head.replace('\n', "\r\n");
            let length = body.len();
            let text = format!(
                "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            stream.write_all(text.as_bytes()).ok();
        })
    }

    /// Speaks SMTP: answers a line with what the first beginning that fits has in `script`, else
    /// with 250. After an empty answer it says nothing any more.
    pub(super) fn smtp(script: &'static [(&'static str, &'static str)]) -> Self {
        Server::new(move |stream, sender| {
            converse(stream, script, sender);
        })
    }

    /// All that came so far, request by request or line by line.
    pub(super) fn received(&self) -> Vec<String> {
        self.received.try_iter().collect()
    }
}

fn request(stream: &mut TcpStream) -> String {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap_or(0) > 0 {}
    let lower = head.to_lowercase();
    let length = lower.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next());
    let mut body = vec![0; length.and_then(|text| text.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok();
    head + &String::from_utf8_lossy(&body)
}

fn converse(stream: TcpStream, script: &[(&str, &str)], sender: &Sender<String>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).ok();
    let mut is_text = false;
    say("220 hello")?;
    for line in BufReader::new(stream).lines() {
        let line = line.ok()?;
        sender.send(line.clone()).ok();
        let scripted = script.iter().find(|(begin, _)| line.starts_with(begin));
        match (scripted, line.as_str()) {
            (_, line) if is_text && line != "." => continue,
            (Some((_, "")), _) => thread::park(),
            (Some((_, answer)), _) => say(answer)?,
            (None, "DATA") => say("354 go on")?,
            (None, _) => say("250 fine")?,
        }
        is_text = line == "DATA";
    }
    Some(())
}
