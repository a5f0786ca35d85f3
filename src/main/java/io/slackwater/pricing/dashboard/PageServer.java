package io.slackwater.pricing.dashboard;

import com.fasterxml.jackson.core.JsonGenerator;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.slackwater.pricing.connectors.KafkaTopics;
import io.slackwater.pricing.dashboard.PageFiles.PageFile;
import io.slackwater.pricing.dashboard.PriceReader.TracedPrice;
import io.slackwater.pricing.dashboard.PriceSearch.Found;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page and its data over HTTP, with the JDK's own server.
 *
 * <p>It has no users and no passwords, so it answers on the loopback interface unless told
 * otherwise, and does not let another web page use a visitor's browser against it ({@link
 * RequestGuard}). Whatever it sends is data; the page's policy allows no script but its own.
 */
final class PageServer implements AutoCloseable {

    private static final String JSON = "application/json; charset=utf-8";
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                    + " img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'none';"
                    + " frame-ancestors 'none'";

    private static final Pattern POSITION = Pattern.compile("([0-9]{1,9})-([0-9]{1,18})");
    private static final int MAX_SEARCH = 200;
    private static final int MAX_WORDS = 10;
    private static final int MAX_ROWS = 1_000;

    /** Requests that are answered at once; besides, each visitor has one that stays open. */
    private static final int MAX_REQUESTS = 64;

    /** Searches at once. Each looks at every key: more would only take longer. */
    private static final int MAX_SEARCHES = 2;

    private static final Logger LOG = LoggerFactory.getLogger(PageServer.class);

    private final Board board;
    private final Updates updates;
    private final Lookup lookup;
    private final ButtonPress buttons;
    private final Supplier<String> measures;
    private final RequestGuard guard;
    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final Semaphore visitors = new Semaphore(Updates.VISITORS);
    private final Semaphore searches = new Semaphore(MAX_SEARCHES);

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
            Supplier<String> measures)
            throws IOException {
        guard = new RequestGuard(bindAddress);
        this.board = board;
        this.updates = updates;
        this.lookup = lookup;
        buttons = new ButtonPress(controls);
        this.measures = measures;
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getByName(bindAddress), port), 0);
        AtomicInteger count = new AtomicInteger();
        threads =
                new ThreadPoolExecutor(
                        0,
                        Updates.VISITORS + MAX_REQUESTS,
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
                error(exchange, e.code(), e.getMessage());
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
        guard.check(exchange);
        URI uri = exchange.getRequestURI();
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        boolean press = path.equals("/api/controls");
        if (!exchange.getRequestMethod().equals(press ? "POST" : "GET")) {
            exchange.getResponseHeaders().set("Allow", press ? "POST" : "GET");
            throw new Refused(405, "Allowed: " + (press ? "POST." : "GET."));
        }
        switch (path) {
            case "/" -> send(exchange, PageFiles.index());
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
            default ->
                    send(
                            exchange,
                            PageFiles.named(path.startsWith("/assets/") ? path.substring(8) : ""));
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
        if (text.length() > MAX_SEARCH || words.size() > MAX_WORDS) {
            throw new Refused(400, "q is too long; allowed: 200 characters and 10 words.");
        }
        if (limit != null && (!limit.matches("[0-9]{1,4}") || tooMany(Integer.parseInt(limit)))) {
            throw new Refused(400, "limit is no number that is allowed; allowed: 1 to 1000.");
        }
        Found found;
        searches.acquireUninterruptibly();
        try {
            found =
                    board.search(
                            words,
                            limit == null ? NewestPrices.MAX_SHOWN : Integer.parseInt(limit));
        } finally {
            searches.release();
        }
        json(
                exchange,
                200,
                PageJson.write(
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
        return rows < 1 || rows > MAX_ROWS;
    }

    private void product(HttpExchange exchange, URI uri) throws IOException, Refused {
        String id = parameter(uri, "id");
        Map<String, List<TracedPrice>> warehouses = id == null ? Map.of() : board.product(id);
        if (warehouses.isEmpty()) {
            throw new Refused(404, "Nothing is known of this product.");
        }
        json(
                exchange,
                200,
                PageJson.write(
                        json -> {
                            json.writeStartObject();
                            json.writeStringField("product_id", id);
                            json.writeArrayFieldStart("warehouses");
                            for (var warehouse : warehouses.entrySet()) {
                                json.writeStartObject();
                                json.writeStringField("warehouse_id", warehouse.getKey());
                                json.writeArrayFieldStart("history");
                                for (TracedPrice price : warehouse.getValue()) {
                                    price.row().write(json, price.trace());
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
        Matcher position = POSITION.matcher(id == null ? "" : id);
        byte[] value = null;
        try {
            if (position.matches()) {
                value =
                        lookup.value(
                                KafkaTopics.DEAD_LETTERS,
                                Integer.parseInt(position.group(1)),
                                Long.parseLong(position.group(2)));
            }
        } catch (Lookup.Unanswered e) {
            throw new Refused(503, "The broker does not answer; try again.");
        }
        if (value == null) {
            throw new Refused(404, "There is no such dead letter, or none any more.");
        }
        String letter;
        try {
            letter = RecordCopy.exactly(id, value);
        } catch (IOException e) {
            throw new Refused(404, "This record is no dead letter as the contract says.");
        }
        json(exchange, 200, letter);
    }

    private void press(HttpExchange exchange, URI uri) throws IOException, Refused {
        buttons.checkOffered();
        RequestGuard.checkOwnPage(exchange.getRequestHeaders());
        String done = buttons.press(parameter(uri, "id"));
        json(exchange, 200, PageJson.write(json -> sentence(json, "text", done)));
    }

    private static void sentence(JsonGenerator json, String name, String text) throws IOException {
        json.writeStartObject();
        json.writeStringField(name, text);
        json.writeEndObject();
    }

    private static void error(HttpExchange exchange, int code, String message) throws IOException {
        json(exchange, code, PageJson.write(json -> sentence(json, "error", message)));
    }

    private static void json(HttpExchange exchange, int code, String text) throws IOException {
        send(exchange, code, JSON, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, PageFile file) throws IOException {
        send(exchange, 200, file.type(), file.content());
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
