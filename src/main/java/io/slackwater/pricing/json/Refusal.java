package io.slackwater.pricing.json;

import java.io.IOException;

/**
 * Why a document as a whole cannot be used. Never leaves this package; without a stack trace,
 * because poison may come as fast as good messages do.
 */
final class Refusal extends IOException {

    private static final long serialVersionUID = 1L;

    private final String reason;
    private final String path;

    /**
     * @param reason a stable code, upper case
     * @param path JSON pointer to what is bad; empty for the whole document
     * @param message one sentence, without control characters
     */
    Refusal(String reason, String path, String message) {
        super(message);
        this.reason = reason;
        this.path = path;
    }

    String reason() {
        return reason;
    }

    String path() {
        return path;
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
