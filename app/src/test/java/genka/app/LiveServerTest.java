package genka.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import genka.report.LivePage;
import genka.units.Fault;
import genka.units.GenkaException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiveServerTest {
    @Test
    void itServesThePageUnderItsOwnNamesOnly() throws Exception {
        try (LiveServer server = LiveServer.start(new LivePage(), 0)) {
            int port = URI.create(server.address()).getPort();
            assertThat(answer(port, "GET", "/", "127.0.0.1:" + port))
                    .startsWith("HTTP/1.1 200")
                    .contains("No run is going yet");
            assertThat(answer(port, "GET", "/", "localhost:" + port)).startsWith("HTTP/1.1 200");
            assertThat(answer(port, "GET", "/", "attacker.example"))
                    .startsWith("HTTP/1.1 421")
                    .doesNotContain("<html");
            assertThat(answer(port, "GET", "/events", "attacker.example:" + port))
                    .startsWith("HTTP/1.1 421");
            assertThat(answer(port, "GET", "/", "127.0.0.1")).startsWith("HTTP/1.1 421");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void nothingCanBeChanged(String method) throws Exception {
        try (LiveServer server = LiveServer.start(new LivePage(), 0)) {
            int port = URI.create(server.address()).getPort();
            assertThat(answer(port, method, "/", "127.0.0.1:" + port)).startsWith("HTTP/1.1 4");
        }
    }

    @Test
    void itListensOnTheLoopbackAlone() throws Exception {
        try (LiveServer server = LiveServer.start(new LivePage(), 0)) {
            int port = URI.create(server.address()).getPort();
            for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
                for (InetAddress address : network.inetAddresses()
                        .filter(a -> !a.isLoopbackAddress())
                        .toList()) {
                    assertThatThrownBy(() -> new Socket(address, port).close()).isInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void aPortInUseIsSaidInOneSentence() {
        try (LiveServer server = LiveServer.start(new LivePage(), 0)) {
            int port = URI.create(server.address()).getPort();
            assertThatThrownBy(() -> LiveServer.start(new LivePage(), port))
                    .isInstanceOfSatisfying(
                            GenkaException.class, e -> assertThat(e.fault()).isEqualTo(Fault.RESOURCE))
                    .hasMessage("port " + port
                            + " is in use. Maybe choose another with --port, or any free one with --port 0.");
        }
    }

    /** Without a client library that would put the right host in. */
    private static String answer(int port, String method, String path, String host) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\nHost: " + host
                                    + "\r\nAccept: text/event-stream, text/html\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            try (InputStream in = socket.getInputStream()) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
