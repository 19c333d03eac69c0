package dev.sotto.platform.testing;

import dev.sotto.platform.PlatformConfiguration;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Import;

/** A service with nothing of its own but two tables. */
@SpringBootApplication
@Import(PlatformConfiguration.class)
public class SampleService {}
