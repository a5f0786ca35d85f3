package io.slackwater.pricing.dashboard;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Predicate;

/** A visit to the page: reads its events on a thread of its own until it is closed. */
final class Visit implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Browser browser;
    private final HttpResponse<InputStream> response;
    private final Thread thread = new Thread(this::read, "visit");

    private Visit(Browser browser, HttpResponse<InputStream> response) {
        this.browser = browser;
        this.response = response;
    }

    /** Connects, and says what the browser has already. */
    static Visit to(int port, Browser browser) throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/api/stream"));
        if (browser.lastId() != null) {
            request.header("Last-Event-ID", browser.lastId());
        }
        HttpResponse<InputStream> response =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()
                        .send(request.build(), BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IOException("The stream answers " + response.statusCode());
        }
        Visit visit = new Visit(browser, response);
        visit.thread.setDaemon(true);
        visit.thread.start();
        return visit;
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String id = null;
            String event = null;
            String data = null;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty() && data != null) {
                    synchronized (browser) {
                        browser.take(id, event, data);
                        browser.notifyAll();
                    }
                    data = null;
                }
            }
        } catch (IOException e) {
            // The visit is over.
        }
    }

    /** Waits until the browser shows something. */
    void await(String what, Predicate<Browser> condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (browser) {
            while (!condition.test(browser)) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new AssertionError(what + " is not shown, but " + browser.shown());
                }
                browser.wait(left);
            }
        }
    }

    /** Whether the server ended it. */
    boolean ended() {
        return !thread.isAlive();
    }

    /** Goes away. */
    @Override
    public void close() throws IOException, InterruptedException {
        response.body().close();
        thread.join(PATIENCE.toMillis());
    }
}
