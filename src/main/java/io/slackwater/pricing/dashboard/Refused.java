package io.slackwater.pricing.dashboard;

/** A request gets another answer than it asked for; the message is for a person. */
final class Refused extends Exception {

    private static final long serialVersionUID = 1L;

    private final int code;

    /**
     * @param code the HTTP status
     * @param message one sentence
     */
    Refused(int code, String message) {
        super(message);
        this.code = code;
    }

    /** Returns the HTTP status. */
    int code() {
        return code;
    }
}
