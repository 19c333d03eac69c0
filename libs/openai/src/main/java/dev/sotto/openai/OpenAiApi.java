package dev.sotto.openai;

import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;

/**
 * The API's controllers, for a host that imports this and has an {@link ApiHost} bean. Requests are
 * answered in the thread that took them: the host turns virtual threads on.
 */
@Configuration(proxyBeanMethods = false)
@ComponentScan
public class OpenAiApi {}
