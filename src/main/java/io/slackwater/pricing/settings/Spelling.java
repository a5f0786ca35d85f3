package io.slackwater.pricing.settings;

import java.util.Arrays;
import java.util.Comparator;

/** Guesses which setting an unknown key meant. */
final class Spelling {

    private Spelling() {}

    /** Returns the end of a sentence: the most similar key, or where all are listed. */
    static String didYouMean(String key) {
        String family =
                key.startsWith("kafka.")
                        ? HandedThrough.KAFKA_CLIENT
                        : key.startsWith("lake.") ? HandedThrough.LAKE_CATALOG : "";
        String passed =
                family.isEmpty()
                        ? ""
                        : " (what is for the client itself is written " + family + "NAME)";
        return DeclaredSettings.all().stream()
                .map(Setting::key)
                .filter(
                        known ->
                                known.endsWith("." + key)
                                        || distance(known, key) <= Math.max(2, key.length() / 3))
                .min(
                        Comparator.comparing((String known) -> !known.endsWith("." + key))
                                .thenComparing(known -> distance(known, key)))
                .map(known -> "; did you mean " + known + "?" + passed)
                .orElse("; jobs/pricing.properties lists all" + passed);
    }

    /** Levenshtein's distance: how many letters must be put in, taken out or replaced. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
