package io.slackwater.pricing.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ScrapeTest {

    private final Scrape scrape =
            Scrape.of(
                    """
                    # HELP lag behind (scope: a_b)
                    # TYPE lag gauge
                    lag{topic="a",partition="0",} 3.0
                    lag{topic="a",partition="1"} 4.5 1700000000000
                    lag{topic="a \\"b\\" {c} \\\\ \\n=,"} -1
                    # TYPE took summary
                    took_count 2
                    took{quantile="0.5"} NaN
                    up +Inf
                    """);

    @Test
    void readsNamesTypesLabelsAndValues() {
        assertEquals(Map.of("lag", "gauge", "took", "summary"), scrape.types());
        assertEquals(Set.of("lag", "took_count", "took", "up"), scrape.names());
        assertEquals(
                List.of(
                        new Scrape.Sample("lag", Map.of("topic", "a", "partition", "0"), 3),
                        new Scrape.Sample("lag", Map.of("topic", "a", "partition", "1"), 4.5),
                        new Scrape.Sample("lag", Map.of("topic", "a \"b\" {c} \\ \n=,"), -1)),
                scrape.samples("lag"));
        assertEquals(Double.POSITIVE_INFINITY, scrape.samples("up").get(0).value());
        assertTrue(Double.isNaN(scrape.samples("took").get(0).value()));
    }

    @Test
    void sumsWhatHasTheLabelsAndSaysWhereThereIsNothing() {
        assertEquals(7.5, scrape.sum("lag", "topic", "a").orElseThrow());
        assertEquals(4.5, scrape.sum("lag", "topic", "a", "partition", "1").orElseThrow());
        assertTrue(scrape.sum("lag", "topic", "b").isEmpty());
        assertTrue(scrape.sum("gone").isEmpty());
    }

    @Test
    void refusesWhatIsNotOfTheFormat() {
        for (String line : List.of("lag", "lag{a=\"b 1", "lag{a} 1", "lag{a=\"b\"}", "lag x")) {
            assertThrows(IllegalArgumentException.class, () -> Scrape.of(line), line);
        }
    }

    @Test
    void asksAgainWhereTheReporterHangsUp() throws Exception {
        try (ServerSocket reporter = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> asked =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    reporter.accept().close();
                                    reporter.accept().close();
                                    try (Socket third = reporter.accept()) {
                                        third.getOutputStream()
                                                .write("HTTP/1.0 200 OK\r\n\r\nup 1\n".getBytes());
                                    }
                                    return 3;
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
            assertEquals(1, Scrape.from(reporter.getLocalPort()).samples("up").get(0).value());
            assertEquals(3, asked.get());
        }
    }

    @Test
    void saysThatNobodyListens() {
        int port = Scrape.freePort();
        assertThrows(ConnectException.class, () -> Scrape.from(port));
    }
}
