package io.slackwater.pricing.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses requests that are too large, or that another web page makes with a visitor's browser.
 *
 * <p>Such a page can have its own name point to this address: then the browser believes that both
 * are one, but it still says the name. So a name that is not the server's own is refused.
 */
final class RequestGuard {

    private static final int MAX_ADDRESS = 4_096;
    private static final int MAX_BODY = 1_024;

    private final String bindAddress;

    /**
     * @param bindAddress where the server answers, such as {@code localhost}
     */
    RequestGuard(String bindAddress) {
        this.bindAddress = bindAddress.toLowerCase(Locale.ROOT);
    }

    /**
     * Checks any request.
     *
     * @throws Refused when it has another server's name, or is too large
     */
    void check(HttpExchange exchange) throws Refused {
        checkHost(exchange.getRequestHeaders());
        checkSize(exchange);
    }

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
        // Bound to every address: none of them is a name that another page could point here.
        return Set.of("0.0.0.0", "::").contains(bindAddress)
                && (host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}")
                        || host.matches("\\[[0-9a-f:]{2,45}\\]"));
    }

    private static void checkSize(HttpExchange exchange) throws Refused {
        String uri = exchange.getRequestURI().toString();
        if (uri.length() > MAX_ADDRESS) {
            throw new Refused(414, "The address is too long; allowed: 4,096 characters.");
        }
        Headers headers = exchange.getRequestHeaders();
        String length = headers.getFirst("Content-Length");
        boolean small = length == null || length.matches("[0-9]{1,4}");
        if (!small
                || (length != null && Integer.parseInt(length) > MAX_BODY)
                || headers.containsKey("Transfer-Encoding")) {
            throw new Refused(413, "The request is too large; allowed: 1,024 bytes.");
        }
    }

    /**
     * Checks a request that changes something.
     *
     * @throws Refused when it does not come from this server's own page
     */
    static void checkOwnPage(Headers headers) throws Refused {
        String origin = headers.getFirst("Origin");
        // A page of another origin may not send this header unless the server allows it first.
        if (!"page".equals(headers.getFirst("X-Slackwater"))
                || (origin != null
                        && !origin.equalsIgnoreCase("http://" + headers.getFirst("Host")))) {
            throw new Refused(403, "Buttons are pressed by this page only.");
        }
    }
}
