package io.slackwater.pricing.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.slackwater.pricing.model.Period;
import io.slackwater.pricing.model.RuleStatus.Reason;
import io.slackwater.pricing.rules.RuleBook;
import io.slackwater.pricing.rules.RuleBook.Rule;
import io.slackwater.pricing.rules.RuleBook.Tier;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a rule book and says everything that is wrong with it in one answer. A rule book decides
 * every price, so nothing in it is guessed: {@code null} is no way to leave a field out, and a kind
 * of rule or a field of a rule, tier, scope or band that is not known refuses the whole book, for
 * it would change what the book means. Only fields of the book itself that this version has never
 * heard of are ignored, as everywhere in the contract; {@link #warnings} names them.
 *
 * <p>The shape of a book is published as {@code jobs/books/rule-book.schema.json}; what is checked
 * here beyond it is what a schema cannot say: what one field says of another.
 *
 * <p>Faults of the document itself (not JSON, too large, nested too deep, a field twice) are told
 * alone: what stands behind them cannot be read.
 */
public final class RuleBookReader {

    /** The highest version: one that no later version can be above would be the book for good. */
    static final long MAX_VERSION = Long.MAX_VALUE - 1;

    /** The most characters of a comment: it stands in every answer about the book. */
    static final int MAX_COMMENT = 8 << 10;

    /** The most tiers of a book. */
    static final int MAX_TIERS = 10_000;

    /** The most regions of a book. */
    static final int MAX_REGIONS = 10_000;

    /** The most warehouses of all regions of a book, counted once for each region they lie in. */
    static final int MAX_REGION_WAREHOUSES = 100_000;

    /** The fields of a book. */
    static final List<String> BOOK_FIELDS =
            List.of(
                    "book_id",
                    "version",
                    "currency",
                    "effective_from",
                    "effective_to",
                    "comment",
                    "force",
                    "default_tier",
                    "tiers",
                    "regions",
                    "rules");

    static final List<String> TIER_FIELDS = List.of("base_price");

    /**
     * What a document says.
     *
     * @param book the rule book; null when there are reasons against it
     * @param bookId its name as far as it can be read; null otherwise
     * @param version its version as far as it can be read; null otherwise
     * @param reasons every fault, at most some 500, in the order in which a book is checked; empty
     *     when the book is good
     */
    public record Result(RuleBook book, String bookId, Long version, List<Reason> reasons) {}

    private final BookFaults faults = new BookFaults();
    private final BookFields in;
    private final boolean accepted;

    private RuleBookReader(boolean accepted, long earliestTime) {
        this.accepted = accepted;
        this.in = new BookFields(faults, accepted, earliestTime);
    }

    /**
     * Reads one document. Never throws, whatever the bytes.
     *
     * @param document not null: a null value retires a book and is nothing to read
     */
    public static Result read(byte[] document) {
        return read(document, Instants.EARLIEST);
    }

    /**
     * Like {@link #read(byte[])}, with another bound on times.
     *
     * @param earliestTime no time of the book or of its rules is earlier, epoch milliseconds: tests
     *     count from 0
     */
    public static Result read(byte[] document, long earliestTime) {
        try {
            return new RuleBookReader(false, earliestTime).readBook(parse(document));
        } catch (Refusal refusal) {
            return refused(refusal);
        }
    }

    /**
     * Reads a document that the job has accepted before, maybe in an earlier version that refused
     * less: fields that nobody follows and rules that can never count change no price, and must not
     * stop a job that is restored with such a book. Also cheaper than {@link #read}.
     *
     * @throws IllegalArgumentException when it is no book at all, naming the first fault
     */
    public static RuleBook readAccepted(byte[] document) {
        Result result = readAgain(document);
        if (result.book() != null) {
            return result.book();
        }
        Reason fault = result.reasons().get(0);
        throw new IllegalArgumentException(
                "an accepted rule book cannot be read: "
                        + (fault.path() + " " + fault.message()).trim());
    }

    /**
     * Like {@link #readAccepted}, and never throws: of what is no book at all it tells the faults.
     */
    public static Result readAgain(byte[] document) {
        try {
            // Release 0.1.0 accepted times from 1970 on.
            return new RuleBookReader(true, 0).readBook(parse(document));
        } catch (Refusal refusal) {
            return refused(refusal);
        }
    }

    private static Result refused(Refusal refusal) {
        Reason reason = new Reason(refusal.reason(), refusal.path(), refusal.getMessage());
        return new Result(null, null, null, List.of(reason));
    }

    /**
     * What is allowed in a document and yet looks like a mistake, each with its JSON pointer:
     * fields of the book that are ignored, regions that no rule names, promotions that give much,
     * or less than their author may think. For people who write books; the job does not ask. Of a
     * faulty book only what can be said of single fields; of a document that is not JSON nothing.
     *
     * @param now epoch milliseconds: a book or rule that ended before is over
     */
    public static List<Reason> warnings(byte[] document, long now) {
        return warnings(document, now, Instants.EARLIEST);
    }

    /** Like {@link #warnings(byte[], long)}, with another bound on times. */
    static List<Reason> warnings(byte[] document, long now, long earliestTime) {
        try {
            JsonNode root = parse(document);
            RuleBookReader reader = new RuleBookReader(false, earliestTime);
            return RuleBookWarnings.of(root, reader.readBook(root).book(), now);
        } catch (Refusal told) {
            return List.of();
        }
    }

    private static JsonNode parse(byte[] document) throws Refusal {
        return BookTree.of(document, BOOK_FIELDS);
    }

    private Result readBook(JsonNode root) {
        // Release 0.1.0 accepted the highest one of all.
        long maxVersion = accepted ? Long.MAX_VALUE : MAX_VERSION;
        String bookId = in.name(root, "", "book_id", true);
        Long version = in.integer(root, "", "version", 1, maxVersion, true);
        String currency = in.currency(root);
        Long from = in.time(root, "", "effective_from");
        Long to = in.time(root, "", "effective_to");
        in.refuseNoTime(from, to, "");
        String comment = comment(root);
        boolean force = in.flag(root, "", "force");
        Map<String, Tier> tiers = tiers(root);
        String defaultTier = in.name(root, "", "default_tier", false);
        if (defaultTier != null && tiers != null && !tiers.containsKey(defaultTier)) {
            in.unknown(
                    "DEFAULT_TIER_UNKNOWN", "/default_tier", "default_tier", defaultTier, "tiers");
        }
        Map<String, Set<String>> regions = regions(root);
        RuleReader reader = new RuleReader(in, currency, tiers, regions);
        List<Rule> rules = reader.rules(root.get("rules"));
        if (!accepted) {
            reader.check(Period.of(from, to));
        }
        if (faults.count() > 0) {
            return new Result(null, bookId, version, faults.reasons());
        }
        RuleBook book =
                new RuleBook(
                        bookId,
                        version,
                        currency,
                        from,
                        to,
                        comment,
                        force,
                        defaultTier,
                        tiers,
                        regions,
                        rules);
        return new Result(book, bookId, version, List.of());
    }

    private String comment(JsonNode root) {
        String comment = in.text(root, "", "comment", false);
        if (comment != null && comment.length() > MAX_COMMENT) {
            in.fault(
                    "STRING_TOO_LONG",
                    "/comment",
                    "comment has "
                            + comment.length()
                            + " characters; allowed: at most "
                            + MAX_COMMENT
                            + ".");
        }
        return comment;
    }

    /** Null when they cannot be read as a whole. */
    private Map<String, Tier> tiers(JsonNode root) {
        JsonNode node = root.get("tiers");
        if (node == null || !node.isObject()) {
            in.notA(
                    "TIERS",
                    "_NOT_AN_OBJECT",
                    "/tiers",
                    "tiers",
                    node,
                    "an object of tiers by name");
            return null;
        }
        if (node.isEmpty() || node.size() > MAX_TIERS) {
            in.fault(
                    node.isEmpty() ? "TIERS_EMPTY" : "TOO_MANY_TIERS",
                    "/tiers",
                    "tiers has " + node.size() + " tiers; allowed: 1 to " + MAX_TIERS + ".");
            return null;
        }
        Map<String, Tier> tiers = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = named("tier", "/tiers", entry.getKey());
            JsonNode tier = entry.getValue();
            BigDecimal basePrice = null;
            if (tier.isObject()) {
                in.refuseOthers(tier, path, "A tier", TIER_FIELDS);
                basePrice = in.number(tier, path, "base_price", Range.AMOUNT, true);
            } else {
                in.notA(
                        "TIER",
                        "_NOT_AN_OBJECT",
                        path,
                        "The tier",
                        tier,
                        "an object with base_price");
            }
            // Also a faulty tier is known: naming it in a scope is not a second fault.
            tiers.put(entry.getKey(), new Tier(basePrice));
        }
        return Collections.unmodifiableMap(tiers);
    }

    /** Empty when absent, null when they cannot be read as a whole. */
    private Map<String, Set<String>> regions(JsonNode root) {
        JsonNode node = root.get("regions");
        if (node == null) {
            return Map.of();
        }
        if (!node.isObject()) {
            in.notA(
                    "REGIONS",
                    "_NOT_AN_OBJECT",
                    "/regions",
                    "regions",
                    node,
                    "an object of lists of warehouses by name");
            return null;
        }
        if (node.size() > MAX_REGIONS) {
            in.fault(
                    "TOO_MANY_REGIONS",
                    "/regions",
                    "regions has "
                            + node.size()
                            + " regions; allowed: at most "
                            + MAX_REGIONS
                            + ".");
            return null;
        }
        Map<String, Set<String>> regions = new LinkedHashMap<>();
        long warehouses = 0;
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = named("region", "/regions", entry.getKey());
            Set<String> names = in.names(entry.getValue(), path, "REGION_WAREHOUSES", "The region");
            warehouses += names.size();
            // Also a faulty region is known.
            regions.put(entry.getKey(), names);
        }
        if (warehouses > MAX_REGION_WAREHOUSES) {
            in.fault(
                    "TOO_MANY_REGION_WAREHOUSES",
                    "/regions",
                    "The regions name "
                            + warehouses
                            + " warehouses; allowed: at most "
                            + MAX_REGION_WAREHOUSES
                            + ".");
        }
        return Collections.unmodifiableMap(regions);
    }

    /** Checks the name of a tier or region and answers its JSON pointer. */
    private String named(String what, String parent, String name) {
        String path = BookFields.step(parent, name);
        Texts.Fault fault = Texts.fault(name);
        if (fault != null) {
            in.fault(fault.reason(what), path, fault.message("The " + what + "'s name"));
        }
        return path;
    }
}
