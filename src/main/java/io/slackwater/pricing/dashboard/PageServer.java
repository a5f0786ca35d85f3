package io.slackwater.pricing.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.Board.Found;
import io.slackwater.pricing.dashboard.Reading.Told;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page and its data over HTTP, with the JDK's own server.
 *
 * <p>It has no users and no passwords, so it answers on the loopback interface unless told
 * otherwise, and does not let another web page use a visitor's browser against it: a name that is
 * not its own is refused (such a page may let its name point here), and so is a button that is not
 * pressed by this page. Whatever it sends is data; the page's policy allows no script but its own.
 */
final class PageServer implements AutoCloseable {

    private static final String HTML = "text/html; charset=utf-8";
    private static final String JSON = "application/json; charset=utf-8";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    /**
     * Files of the page: all that lies in {@code dashboard/} on the class path and has such a name.
     * It has no slash and no two dots, so that no other folder can be named.
     */
    private static final Pattern ASSET = Pattern.compile("[a-z][a-z0-9-]*\\.(css|js|svg)");

    private static final Map<String, String> TYPES =
            Map.of(
                    "css", "text/css; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "svg", "image/svg+xml");

    private static final String CHARTS = "chart.umd.min.js";
    private static final String CHARTS_RESOURCE =
            "META-INF/resources/webjars/chart.js/4.5.1/dist/" + CHARTS;

    private static final Pattern PLACE = Pattern.compile("([0-9]{1,9})-([0-9]{1,18})");
    private static final int LONGEST_QUERY = 4_096;
    private static final int LONGEST_SEARCH = 200;
    private static final int MOST_WORDS = 10;
    private static final int MOST_ROWS = 1_000;
    private static final int LARGEST_BODY = 1_024;

    /** Of requests that are answered at once: beside them, each visitor has one that stays. */
    private static final int REQUESTS = 64;

    /** Each looks at every key: more at the same time would only take longer. */
    private static final int SEARCHES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);

    private final Board board;
    private final Updates updates;
    private final Lookup lookup;
    private final Controls controls;
    private final java.util.function.Supplier<String> measures;
    private final String bindAddress;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Semaphore visitors = new Semaphore(Updates.VISITORS);
    private final Semaphore searches = new Semaphore(SEARCHES);
    private final Set<String> pressed = ConcurrentHashMap.newKeySet();

    /** What is answered instead of what was asked for; the message is for a person. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        Refused(int code, String message) {
            super(message);
            this.code = code;
        }
    }

    /**
     * @param port 0: any free one
     * @param controls null: none
     * @param measures the text for Prometheus
     * @throws IOException when it cannot listen there
     */
    PageServer(
            String bindAddress,
            int port,
            Board board,
            Updates updates,
            Lookup lookup,
            Controls controls,
            java.util.function.Supplier<String> measures)
            throws IOException {
        this.bindAddress = bindAddress.toLowerCase(Locale.ROOT);
        this.board = board;
        this.updates = updates;
        this.lookup = lookup;
        this.controls = controls;
        this.measures = measures;
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getByName(bindAddress), port), 0);
        AtomicInteger count = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(
                        0,
                        Updates.VISITORS + REQUESTS,
                        10,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        work -> {
                            Thread thread =
                                    new Thread(work, "dashboard-http-" + count.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        },
                        (work, pool) -> {
                            throw new RejectedExecutionException("Too many requests at once");
                        });
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    void start() {
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) {
        try (exchange) {
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Security-Policy", POLICY);
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cache-Control", "no-store");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            try {
                answer(exchange);
            } catch (Refused e) {
                error(exchange, e.code, e.getMessage());
            } catch (RuntimeException e) {
                LOG.warn("A request failed", e);
                error(exchange, 500, "The request failed; see the log.");
            }
        } catch (IOException e) {
            // The visitor has gone.
            LOG.debug("Not sent", e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException, Refused {
        checkHost(exchange.getRequestHeaders());
        checkSize(exchange);
        URI uri = exchange.getRequestURI();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        boolean press = path.equals("/api/controls");
        if (!exchange.getRequestMethod().equals(press ? "POST" : "GET")) {
            exchange.getResponseHeaders().set("Allow", press ? "POST" : "GET");
            throw new Refused(405, "Allowed: " + (press ? "POST." : "GET."));
        }
        switch (path) {
            case "/" -> send(exchange, 200, HTML, asset("index.html"));
            case "/api/stream" -> stream(exchange);
            case "/api/prices" -> prices(exchange, uri);
            case "/api/products" -> product(exchange, uri);
            case "/api/dead-letters" -> deadLetter(exchange, uri);
            case "/api/controls" -> press(exchange, uri);
            case "/metrics" ->
                    send(
                            exchange,
                            200,
                            "text/plain; version=0.0.4; charset=utf-8",
                            measures.get().getBytes(StandardCharsets.UTF_8));
            default -> {
                String name = path.startsWith("/assets/") ? path.substring(8) : "";
                if (!name.equals(CHARTS) && !ASSET.matcher(name).matches()) {
                    throw new Refused(404, "There is nothing here.");
                }
                String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
                send(exchange, 200, type, asset(name));
            }
        }
    }

    // ---- who may ask, and what

    /**
     * Another web page can have its own name point to this address: then the browser believes that
     * both are one, but it still says the name.
     */
    private void checkHost(Headers headers) throws Refused {
        List<String> hosts = headers.getOrDefault("Host", List.of());
        if (hosts.size() != 1) {
            throw new Refused(400, "One Host header is needed.");
        }
        String host = hosts.get(0).toLowerCase(Locale.ROOT).replaceFirst(":[0-9]{1,5}$", "");
        if (!isOurs(host)) {
            throw new Refused(
                    421,
                    "This page answers to localhost and to the address that it was bound to only.");
        }
    }

    private boolean isOurs(String host) {
        if (Set.of("localhost", "127.0.0.1", "[::1]").contains(host)
                || host.equals(bindAddress)
                || host.equals("[" + bindAddress + "]")) {
            return true;
        }
        // Bound to every address: none of them is a name that somebody else could give away.
        return Set.of("0.0.0.0", "::").contains(bindAddress)
                && (host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                        || host.matches("\\[[0-9a-f:]{2,45}\\]"));
    }

    private static void checkSize(HttpExchange exchange) throws Refused {
        String uri = exchange.getRequestURI().toString();
        if (uri.length() > LONGEST_QUERY) {
            throw new Refused(414, "The address is too long; allowed: 4,096 characters.");
        }
        Headers headers = exchange.getRequestHeaders();
        String length = headers.getFirst("Content-Length");
        boolean small = length == null || length.matches("[0-9]{1,4}");
        if (!small
                || (length != null && Integer.parseInt(length) > LARGEST_BODY)
                || headers.containsKey("Transfer-Encoding")) {
            throw new Refused(413, "The request is too large; allowed: 1,024 bytes.");
        }
    }

    private static String parameter(URI uri, String name) throws Refused {
        String query = uri.getRawQuery();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).equals(name)) {
                try {
                    return URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    throw new Refused(400, name + " is not percent-encoded UTF-8.");
                }
            }
        }
        return null;
    }

    // ---- answers

    private void stream(HttpExchange exchange) throws IOException, Refused {
        if (!visitors.tryAcquire()) {
            exchange.getResponseHeaders().set("Retry-After", "10");
            throw new Refused(503, "Too many look already; allowed: " + Updates.VISITORS + ".");
        }
        try {
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            // A proxy between would collect the updates.
            exchange.getResponseHeaders().set("X-Accel-Buffering", "no");
            exchange.sendResponseHeaders(200, 0);
            updates.serve(
                    exchange.getResponseBody(),
                    exchange.getRequestHeaders().getFirst("Last-Event-ID"));
        } finally {
            visitors.release();
        }
    }

    private void prices(HttpExchange exchange, URI uri) throws IOException, Refused {
        String query = parameter(uri, "q");
        String limit = parameter(uri, "limit");
        String text = query == null ? "" : query.strip();
        List<String> words =
                Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).distinct().toList();
        if (text.length() > LONGEST_SEARCH || words.size() > MOST_WORDS) {
            throw new Refused(400, "q is too long; allowed: 200 characters and 10 words.");
        }
        if (limit != null && (!limit.matches("[0-9]{1,4}") || tooMany(Integer.parseInt(limit)))) {
            throw new Refused(400, "limit is no number that is allowed; allowed: 1 to 1000.");
        }
        Found found;
        searches.acquireUninterruptibly();
        try {
            found = board.search(words, limit == null ? Board.PRICES : Integer.parseInt(limit));
        } finally {
            searches.release();
        }
        json(
                exchange,
                200,
                Reading.write(
                        json -> {
                            json.writeStartObject();
                            json.writeNumberField("matches", found.matches());
                            json.writeArrayFieldStart("prices");
                            for (Row row : found.rows()) {
                                row.write(json, null);
                            }
                            json.writeEndArray();
                            json.writeEndObject();
                        }));
    }

    private static boolean tooMany(int rows) {
        return rows < 1 || rows > MOST_ROWS;
    }

    private void product(HttpExchange exchange, URI uri) throws IOException, Refused {
        String id = parameter(uri, "id");
        Map<String, List<Told>> warehouses = id == null ? Map.of() : board.product(id);
        if (warehouses.isEmpty()) {
            throw new Refused(404, "Nothing is known of this product.");
        }
        json(
                exchange,
                200,
                Reading.write(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("product_id", id);
                            json.writeArrayFieldStart("warehouses");
                            for (var warehouse : warehouses.entrySet()) {
                                json.writeStartObject();
                                json.writeStringField("warehouse_id", warehouse.getKey());
                                json.writeArrayFieldStart("history");
                                for (Told told : warehouse.getValue()) {
                                    told.row().write(json, told.trace());
                                }
                                json.writeEndArray();
                                json.writeEndObject();
                            }
                            json.writeEndArray();
                            json.writeEndObject();
                        }));
    }

    private void deadLetter(HttpExchange exchange, URI uri) throws IOException, Refused {
        String id = parameter(uri, "id");
        Matcher place = PLACE.matcher(id == null ? "" : id);
        byte[] value = null;
        try {
            if (place.matches()) {
                value =
                        lookup.value(
                                KafkaTopics.DEAD_LETTERS,
                                Integer.parseInt(place.group(1)),
                                Long.parseLong(place.group(2)));
            }
        } catch (Lookup.Unanswered e) {
            throw new Refused(503, "The broker does not answer; try again.");
        }
        if (value == null) {
            throw new Refused(404, "There is no such dead letter, or none any more.");
        }
        String letter;
        try {
            letter = Reading.whole(id, value);
        } catch (IOException e) {
            throw new Refused(404, "This record is no dead letter as the contract says.");
        }
        json(exchange, 200, letter);
    }

    private void press(HttpExchange exchange, URI uri) throws IOException, Refused {
        if (controls == null) {
            throw new Refused(404, "There are no buttons here: they are for the demo.");
        }
        Headers headers = exchange.getRequestHeaders();
        String origin = headers.getFirst("Origin");
        // A page of another origin cannot send this header without being asked for leave first.
        if (!"page".equals(headers.getFirst("X-Slackwater"))
                || (origin != null
                        && !origin.equalsIgnoreCase("http://" + headers.getFirst("Host")))) {
            throw new Refused(403, "Buttons are pressed by this page only.");
        }
        String id = parameter(uri, "id");
        if (controls.buttons().stream().noneMatch(button -> button.id().equals(id))) {
            throw new Refused(
                    404,
                    "There is no such button; there are: "
                            + controls.buttons().stream()
                                    .map(Controls.Button::id)
                                    .collect(Collectors.joining(", "))
                            + ".");
        }
        if (!pressed.add(id)) {
            throw new Refused(409, "It is being done already.");
        }
        try {
            String done = controls.press(id);
            json(exchange, 200, Reading.write(json -> sentence(json, "text", done)));
        } catch (IllegalStateException e) {
            throw new Refused(409, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(503, "The demo is ending.");
        } catch (IOException | Refused e) {
            throw e;
        } catch (Exception e) {
            LOG.warn("Button {} failed", id, e);
            throw new Refused(500, "It failed; see the log.");
        } finally {
            pressed.remove(id);
        }
    }

    private static void sentence(
            com.fasterxml.jackson.core.JsonGenerator json, String name, String text)
            throws IOException {
        json.writeStartObject();
        json.writeStringField(name, text);
        json.writeEndObject();
    }

    private static byte[] asset(String name) throws IOException, Refused {
        String resource = name.equals(CHARTS) ? CHARTS_RESOURCE : "dashboard/" + name;
        try (InputStream file = PageServer.class.getClassLoader().getResourceAsStream(resource)) {
            if (file == null) {
                throw new Refused(404, "There is nothing here.");
            }
            return file.readAllBytes();
        }
    }

    private static void error(HttpExchange exchange, int code, String message) throws IOException {
        json(exchange, code, Reading.write(json -> sentence(json, "error", message)));
    }

    private static void json(HttpExchange exchange, int code, String text) throws IOException {
        send(exchange, code, JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int code, String type, byte[] body)
            throws IOException {
        if (exchange.getResponseCode() >= 0) {
            // Headers are on their way: there is no other answer any more.
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(code, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("Requests of the live page do not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
