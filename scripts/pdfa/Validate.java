import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Validates each file against the part of ISO 19005 that it claims; ends with 1 when one does not conform. Usage: Validate FILE... */
public class Validate {
    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        int failed = 0;
        for (String file : files) {
            try (InputStream in = new FileInputStream(file); var parser = Foundries.defaultInstance().createParser(in)) {
                var flavour = parser.getFlavour();
                ValidationResult found = Foundries.defaultInstance().createValidator(flavour, false).validate(parser);
                if (found.isCompliant()) {
                    continue;
                }
                failed++;
                System.out.println(Path.of(file).getFileName() + " is not PDF/A-" + flavour);
                for (TestAssertion each : found.getTestAssertions()) {
                    System.out.println("  " + each.getRuleId().getClause() + ": " + each.getMessage());
                }
            }
        }
        System.out.println(files.length - failed + " of " + files.length + " files conform to what they claim");
        System.exit(failed == 0 && files.length > 0 ? 0 : 1);
    }
}
