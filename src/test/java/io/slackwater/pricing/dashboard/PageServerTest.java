package io.slackwater.pricing.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.slackwater.pricing.dashboard.Controls.Button;
import io.slackwater.pricing.dashboard.Controls.Promise;
import io.slackwater.pricing.settings.Settings;
import io.slackwater.pricing.settings.SettingsReader;
import io.slackwater.pricing.testing.Poll;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page over HTTP, spoken by hand, with no broker: that is away, and no error. */
@Timeout(60)
class PageServerTest {

    private final TwoButtons controls = new TwoButtons();
    private Dashboard dashboard;

    /** A button that works, one that cannot work now. */
    private static final class TwoButtons implements Controls {

        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

        @Override
        public List<Button> buttons() {
            return List.of(
                    new Button("kill", "Kill", "Watch."),
                    new Button("late", "Late", "Watch."),
                    new Button("slow", "Slow", "Watch."));
        }

        @Override
        public String press(String buttonId) throws Exception {
            if (buttonId.equals("late")) {
                throw new IllegalStateException("Nothing was sent yet.");
            }
            if (buttonId.equals("slow")) {
                begun.countDown();
                mayEnd.await();
            }
            return "Done: \"" + buttonId + "\".";
        }

        @Override
        public List<Promise> promises() {
            return List.of(new Promise("lost", "Nothing lost", State.KEPT, "1 of 1"));
        }
    }

    @BeforeEach
    void start() {
        dashboard = Dashboard.start(settings(), "localhost", 0, controls);
    }

    @AfterEach
    void stop() {
        controls.mayEnd.countDown();
        dashboard.close();
    }

    // ---- files

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/assets/chart.umd.min.js", "/api/prices", "/nothing"})
    void sendsTheHeadersThatKeepABrowserSafe(String path) throws Exception {
        String answer = get(path);

        assertTrue(answer.contains("Content-security-policy: default-src 'none'; "), answer);
        assertFalse(answer.contains("unsafe"), "the policy allows inline script or style");
        assertTrue(answer.contains("X-content-type-options: nosniff\r\n"), answer);
        assertTrue(answer.contains("Referrer-policy: no-referrer\r\n"), answer);
        assertTrue(answer.contains("Cache-control: no-store\r\n"), answer);
        assertTrue(answer.contains("charset=utf-8\r\n"), answer);
    }

    @Test
    void servesTheChartsFromTheClassPath() throws Exception {
        String answer = get("/assets/chart.umd.min.js");

        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.contains("Content-type: text/javascript; charset=utf-8\r\n"), answer);
        assertTrue(answer.contains("Chart.js v4.5.1"), "another file than expected");
    }

    @Test
    void servesEveryFileOfThePage() throws Exception {
        Path page = Path.of("src/main/resources/dashboard");
        List<Path> files = List.of();
        if (Files.isDirectory(page)) {
            try (Stream<Path> all = Files.list(page)) {
                files = all.filter(Files::isRegularFile).sorted().toList();
            }
        }
        for (Path file : files) {
            String name = file.getFileName().toString();
            String answer = get(name.equals("index.html") ? "/" : "/assets/" + name);
            assertTrue(answer.startsWith("HTTP/1.1 200 "), name + ": " + answer);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/assets/../index.html",
                "/assets/..%2f..%2fpom.xml",
                "/assets/%2e%2e/log4j2.properties",
                "/assets/.css",
                "/assets/a/b.css",
                "/assets/a%00.css",
                "/assets//etc/passwd",
                "/assets/..\\..\\pom.xml",
                "/assets/page.css/",
                "/assets/",
                "/assets/log4j2.xml",
                "//etc/passwd",
                "/../../etc/passwd",
                "/io/slackwater/pricing/PricingJob.class",
                "/index.html"
            })
    void findsNoOtherFile(String path) throws Exception {
        String answer = get(path);

        assertTrue(answer.startsWith("HTTP/1.1 40"), answer);
    }

    // ---- who may ask

    @Test
    void answersToItsOwnNamesOnly() throws Exception {
        for (String host : List.of("localhost", "LOCALHOST:1", "127.0.0.1:8090", "[::1]:8090")) {
            assertEquals(200, code("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), host);
        }
        for (String host :
                List.of(
                        "evil.example",
                        "localhost.evil.example",
                        "localhost:80:80",
                        "8.8.8.8",
                        "")) {
            assertEquals(421, code("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\n\r\n"), host);
        }
        assertEquals(400, code("GET /metrics HTTP/1.1\r\n\r\n"));
        assertEquals(
                400,
                code("GET /metrics HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"));
    }

    @Test
    void takesNoOtherMethod() throws Exception {
        assertEquals(405, code("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"));
        assertEquals(405, code("DELETE /api/prices HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        assertEquals(405, code("GET /api/controls?id=kill HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    }

    @Test
    void refusesWhatIsTooLarge() throws Exception {
        assertEquals(414, code(request("GET", "/api/prices?q=" + "x".repeat(5_000), "")));
        assertEquals(400, code(request("GET", "/api/prices?q=" + "x".repeat(201), "")));
        assertEquals(400, code(request("GET", "/api/prices?q=a+b+c+d+e+f+g+h+i+j+k", "")));
        assertEquals(400, code(request("GET", "/api/prices?q=%zz", "")));
        assertEquals(400, code(request("GET", "/api/prices?limit=0", "")));
        assertEquals(400, code(request("GET", "/api/prices?limit=1001", "")));
        assertEquals(400, code(request("GET", "/api/prices?limit=-5", "")));
        assertEquals(200, code(request("GET", "/api/prices?q=%C3%BC&limit=1000&more=1", "")));
        assertEquals(
                413, code(request("POST", "/api/controls?id=kill", "Content-Length: 2000\r\n")));
        assertEquals(
                413,
                code(request("POST", "/api/controls?id=kill", "Transfer-Encoding: chunked\r\n")));
    }

    @Test
    void pressesAButtonForItsOwnPageOnly() throws Exception {
        String page = "X-Slackwater: page\r\nContent-Length: 0\r\n";
        String url = "/api/controls?id=";
        String done = send(request("POST", url + "kill", page + "Origin: http://localhost\r\n"));
        assertTrue(done.endsWith("{\"text\":\"Done: \\\"kill\\\".\"}"), done);
        assertEquals(200, code(request("POST", url + "kill", page)));
        assertEquals(403, code(request("POST", url + "kill", "Content-Length: 0\r\n")));
        assertEquals(
                403, code(request("POST", url + "kill", page + "Origin: http://evil.example\r\n")));
        assertEquals(403, code(request("POST", url + "kill", page + "Origin: null\r\n")));
        assertEquals(
                403, code(request("POST", url + "kill", page + "Origin: http://localhost:1\r\n")));

        String cannot = send(request("POST", url + "late", page));
        assertTrue(cannot.startsWith("HTTP/1.1 409 "), cannot);
        assertTrue(cannot.endsWith("{\"error\":\"Nothing was sent yet.\"}"), cannot);
        String none = send(request("POST", url + "none", page));
        assertTrue(none.startsWith("HTTP/1.1 404 "), none);
        assertTrue(none.endsWith("there are: kill, late, slow.\"}"), none);
    }

    @Test
    void pressesAButtonOnceAtATime() throws Exception {
        String press =
                request(
                        "POST",
                        "/api/controls?id=slow",
                        "X-Slackwater: page\r\nContent-Length: 0\r\n");
        try (Socket first = open(press)) {
            controls.begun.await();
            assertEquals(409, code(press));
            controls.mayEnd.countDown();
            assertTrue(read(first).startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void hasNoButtonsOutsideTheDemo() throws Exception {
        try (Dashboard plain = Dashboard.start(settings(), "127.0.0.1", 0, null)) {
            dashboard.close();
            dashboard = plain;
            assertEquals(
                    404,
                    code(
                            request(
                                    "POST",
                                    "/api/controls?id=kill",
                                    "X-Slackwater: page\r\nContent-Length: 0\r\n")));
        }
    }

    // ---- the stream

    @Test
    void saysThatTheBrokerIsAway() throws Exception {
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            visit.await(
                    "the promises", b -> b.shown().path("controls").path("promises").size() == 1);
            assertFalse(browser.shown().path("broker").path("up").asBoolean());
            assertEquals(3, browser.shown().path("controls").path("buttons").size());
            assertTrue(browser.shown().path("event_time").isNull());
            visit.await("a heartbeat", b -> b.updates() >= 2);
        }
        assertTrue(get("/metrics").contains("slackwater_broker_up 0\n"));
        assertEquals(404, code(request("GET", "/api/products?id=P1", "")));
        assertEquals(404, code(request("GET", "/api/products", "")));
    }

    @Test
    void sendsWhoComesBackJustWhatIsNew() throws Exception {
        Browser browser = new Browser();
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            visit.await("a heartbeat", b -> b.updates() >= 1);
        }
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            int updates = browser.updates();
            visit.await("more", b -> b.updates() > updates);
            assertEquals(1, browser.snapshots());
        }
        dashboard.close();
        dashboard = Dashboard.start(settings(), "localhost", 0, controls);
        try (Visit visit = Visit.to(dashboard.port(), browser)) {
            visit.await("all of it, from another server", b -> b.snapshots() == 2);
        }
    }

    @Test
    void refusesTheVisitorWhoIsOneTooMany() throws Exception {
        List<Socket> visitors = new ArrayList<>();
        try {
            for (int i = 0; i < Updates.VISITORS; i++) {
                Socket visitor = open(request("GET", "/api/stream", ""));
                visitors.add(visitor);
                visitor.getInputStream().read();
            }
            assertEquals(503, code(request("GET", "/api/stream", "")));
            assertTrue(
                    get("/metrics").contains("slackwater_dashboard_visitors " + Updates.VISITORS));
            visitors.remove(0).close();
            Poll.until(
                    "a free place",
                    () -> {
                        Socket next = open(request("GET", "/api/stream", ""));
                        visitors.add(next);
                        byte[] head = next.getInputStream().readNBytes(12);
                        return new String(head, StandardCharsets.UTF_8).equals("HTTP/1.1 200");
                    },
                    () -> get("/metrics"));
        } finally {
            for (Socket visitor : visitors) {
                visitor.close();
            }
        }
    }

    @Test
    void dropsAVisitorWhoTakesNothingAndHoldsUpNobody() throws Exception {
        Board board = new Board("default", 10, 0);
        CountDownLatch stuck = new CountDownLatch(1);
        try (Updates updates = new Updates(board, null, System::currentTimeMillis, 500)) {
            updates.start();
            Thread slow =
                    new Thread(
                            () -> {
                                try {
                                    updates.serve(new Stuck(stuck), null);
                                } catch (IOException e) {
                                    // That is what a broken connection says.
                                }
                            });
            slow.start();
            stuck.await();
            ByteArrayOutputStream taken = new ByteArrayOutputStream();
            Thread quick =
                    new Thread(
                            () -> {
                                try {
                                    updates.serve(taken, null);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            quick.start();
            slow.join();
            Poll.until(
                    "two updates",
                    () -> taken.toString(StandardCharsets.UTF_8).split("event: update").length > 2,
                    () -> taken);
            assertEquals(1, updates.visitors());
            updates.close();
            quick.join();
        }
    }

    /** A connection whose other end reads nothing. */
    private static final class Stuck extends OutputStream {

        private final CountDownLatch reached;

        Stuck(CountDownLatch reached) {
            this.reached = reached;
        }

        @Override
        public void write(int b) throws IOException {
            reached.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                // As a channel does.
                Thread.currentThread().interrupt();
                throw new IOException("closed by interrupt", e);
            }
        }
    }

    @Test
    void leavesNoThreadBehind() throws Exception {
        try (Visit visit = Visit.to(dashboard.port(), new Browser())) {
            dashboard.close();
            Poll.until("the end of the visit", visit::ended, () -> "it goes on");
        }
        Poll.until("the end of all threads", () -> threads().isEmpty(), PageServerTest::threads);
    }

    private static List<String> threads() {
        Thread[] all = new Thread[Thread.activeCount() * 2 + 10];
        int count = Thread.enumerate(all);
        return Arrays.stream(all, 0, count)
                .map(Thread::getName)
                .filter(name -> name.contains("dashboard"))
                .toList();
    }

    // ---- the start

    @Test
    void saysWhichPortIsInUse() {
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Dashboard.start(settings(), "localhost", dashboard.port(), null));
        assertTrue(
                refused.getMessage()
                        .startsWith("Port " + dashboard.port() + " of localhost cannot"),
                refused.getMessage());
    }

    @Test
    void saysWhichClientPropertyIsWrong() {
        Settings wrong = settings("--kafka.client.security.protocol=NONSENSE");
        IllegalArgumentException refused =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> Dashboard.start(wrong, "localhost", 0, null));
        assertTrue(refused.getMessage().contains("NONSENSE"), refused.getMessage());
    }

    @Test
    void waitsForABrokerWhoseNameNobodyKnowsYet() {
        Settings unknown = settings("--kafka.bootstrap.servers=no-such-host.invalid:9092");
        Dashboard.start(unknown, "localhost", 0, null).close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port 99999",
                "--port x",
                "--bind 203.0.113.7",
                "--settings no/such/file",
                "--set x",
                "--set kafka.delivery=sometimes",
                "--wrong",
                "--demo"
            })
    void complainsInOneLine(String line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Dashboard none =
                Serve.start(
                        line.split(" "),
                        line.equals("--demo") ? Path.of("src") : Path.of(""),
                        Map.of(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8));
        String told = err.toString(StandardCharsets.UTF_8);
        if (none != null) {
            none.close();
        }
        assertEquals(null, none, line);
        assertEquals(1, told.lines().count(), told);
        assertTrue(told.startsWith("jobs/dashboard: "), told);
        assertEquals(0, out.size());
    }

    @Test
    void printsItsAddress() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        try (Dashboard started =
                Serve.start(
                        new String[] {
                            "--port", "0", "--set", "kafka.bootstrap.servers=localhost:1"
                        },
                        Path.of(""),
                        Map.of(),
                        printed,
                        printed)) {
            String told = out.toString(StandardCharsets.UTF_8);
            assertTrue(
                    told.contains(
                            "http://localhost:"
                                    + started.port()
                                    + "/, until Ctrl-C. Topics at localhost:1"),
                    told);
        }
    }

    @Test
    void escapesTheValuesOfLabels() {
        assertEquals("a\\\\b\\\"c\\nd", Measures.escaped("a\\b\"c\nd"));
    }

    // ---- what the tests need

    private static Settings settings(String... more) {
        List<String> args =
                new ArrayList<>(
                        List.of(
                                "--settings=jobs/pricing.properties",
                                "--kafka.bootstrap.servers=localhost:1"));
        args.addAll(List.of(more));
        return SettingsReader.read(args.toArray(String[]::new), Map.of());
    }

    private static String request(String method, String path, String headers) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n";
    }

    private String get(String path) throws IOException {
        return send(request("GET", path, ""));
    }

    private int code(String request) throws IOException {
        String answer = send(request);
        return Integer.parseInt(answer.substring(9, 12));
    }

    private String send(String request) throws IOException {
        try (Socket socket = open(request)) {
            return read(socket);
        }
    }

    private Socket open(String request) throws IOException {
        Socket socket = new Socket("localhost", dashboard.port());
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    /** One answer that says how long it is. */
    private static String read(Socket socket) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                return head;
            }
            answer.write(next);
            head = answer.toString(StandardCharsets.UTF_8);
        }
        int length =
                head.lines()
                        .filter(
                                line ->
                                        line.toLowerCase(Locale.ROOT)
                                                .startsWith("content-length: "))
                        .mapToInt(line -> Integer.parseInt(line.substring(16).strip()))
                        .findFirst()
                        .orElse(Integer.MAX_VALUE);
        byte[] body = socket.getInputStream().readNBytes(length);
        return head + new String(body, StandardCharsets.UTF_8);
    }
}
