"""An editor, as far as a language server can tell."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import threading
import time

TIMEOUT_S = 120
OFFLINE = {"yaml": {key: {"enable": False} for key in ("schemaStore", "kubernetesCRDStore")}}
"""Settings: no schema from elsewhere."""


class Editor:
    """An editor as a language server knows it: JSON-RPC over standard input and output."""

    def __init__(self, server, folder, log):
        self.folder = folder
        self.process = subprocess.Popen(
            ["node", str(server), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
        self.inbox = queue.Queue()
        self.n_requests = self.n_files = 0
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.request(
            "initialize",
            processId=os.getpid(),
            rootUri=folder.as_uri(),
            capabilities={
                "workspace": {"configuration": True},
                "textDocument": {"completion": {"completionItem": {"snippetSupport": True}}},
            },
        )
        self.send(method="initialized", params={})

    def _listen(self):
        """Put each message into the inbox: header lines, a blank one, a body of that length."""
        stream = self.process.stdout
        while header := stream.readline():
            while (line := stream.readline().strip()) != b"":
                header += line
            length = int(header.lower().partition(b"content-length:")[2].split()[0])
            self.inbox.put(json.loads(stream.read(length)))
        self.inbox.put(None)

    def send(self, **message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def receive(self, is_wanted):
        """The next message of a kind; what the server asks for meanwhile, it gets."""
        deadline = time.monotonic() + TIMEOUT_S
        while True:
            message = self.inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            if message is None:
                raise AssertionError("the language server ended; see its log")
            if is_wanted(message):
                return message
            if "id" in message and "method" in message:
                asked = message.get("params") or {}
                settings = [OFFLINE.get(item.get("section")) for item in asked.get("items", ())]
                self.send(id=message["id"], result=settings or None)

    def request(self, method, **params):
        self.n_requests += 1
        number = self.n_requests
        self.send(id=number, method=method, params=params)
        answer = self.receive(lambda m: m.get("id") == number and "method" not in m)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, text, folder=None):
        """Open a recipe as it is in the editor, in the folder of one of `init`; its address."""
        self.n_files += 1
        uri = ((folder or self.folder) / f"recipe-{self.n_files}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": document})
        return uri

    def problems(self, text, folder=None):
        """Line, column and message of each problem."""
        uri = self.open(text, folder)
        told = self.receive(
            lambda m: (
                m.get("method") == "textDocument/publishDiagnostics" and m["params"]["uri"] == uri
            )
        )
        found = told["params"]["diagnostics"]
        return [(*d["range"]["start"].values(), d["message"]) for d in found]

    def ask(self, method, text, line, column):
        """What the server knows of a place in a recipe."""
        return self.request(
            f"textDocument/{method}",
            textDocument={"uri": self.open(text)},
            position={"line": line, "character": column},
        )

    def close(self):
        self.request("shutdown")
        self.send(method="exit")
        self.process.stdin.close()
        try:
            self.process.wait(TIMEOUT_S)
        finally:
            self.process.kill()
            self.process.wait()
            self.listener.join()
            self.process.stdout.close()
