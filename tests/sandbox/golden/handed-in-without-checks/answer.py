explanation = 'The planes 111 are densest.'
